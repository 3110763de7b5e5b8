package zmq

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"
)

// A Connection is a connection file: where the kernel listens, and its key.
type Connection struct {
	Transport       string `json:"transport"` // tcp or ipc
	IP              string `json:"ip"`        // for ipc the beginning of the paths
	Shell           int    `json:"shell_port"`
	Control         int    `json:"control_port"`
	Stdin           int    `json:"stdin_port"`
	IOPub           int    `json:"iopub_port"`
	Heartbeat       int    `json:"hb_port"`
	Key             string `json:"key"`
	SignatureScheme string `json:"signature_scheme"`

	// Set in a registration file only: the kernel chooses its ports and tells
	// them at this address.
	KernelID         string `json:"kernel_id,omitempty"`
	RegistrationIP   string `json:"registration_ip,omitempty"`
	RegistrationPort int    `json:"registration_port,omitempty"`
}

// ReadConnection reads a connection file or a registration file.
func ReadConnection(path string) (Connection, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Connection{}, fmt.Errorf("connection file: %w", err)
	}
	c, err := ParseConnection(b)
	if err != nil {
		return c, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// ParseConnection parses the text of a connection file and checks it.
func ParseConnection(text []byte) (Connection, error) {
	c := Connection{Transport: "tcp", IP: "127.0.0.1"}
	var extra struct {
		Curve string `json:"curve_secretkey"`
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("not JSON of the expected form: %w", err)
	}
	if err := json.Unmarshal(text, &extra); err != nil || extra.Curve != "" {
		return c, fmt.Errorf("transport encryption (CURVE) is not supported; set KernelManager.transport_encryption to \"disabled\"")
	}
	return c, c.check()
}

func (c Connection) check() error {
	if c.Transport != "tcp" && c.Transport != "ipc" {
		return fmt.Errorf("transport is %q, want tcp or ipc", c.Transport)
	}
	if _, err := newSigner(c.SignatureScheme, c.Key); err != nil {
		return err
	}
	if c.registers() {
		if c.Transport != "tcp" {
			return fmt.Errorf("registration over %s is not supported; use tcp", c.Transport)
		}
		return checkPort("registration_port", c.RegistrationPort)
	}
	for i, port := range c.ports() {
		if err := checkPort(portNames[i], port); err != nil {
			return err
		}
	}
	return nil
}

var portNames = [...]string{"shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"}

func (c Connection) ports() [5]int {
	return [...]int{c.Shell, c.Control, c.Stdin, c.IOPub, c.Heartbeat}
}

func checkPort(name string, port int) error {
	if port < 1 || port > 65535 {
		return fmt.Errorf("%s is missing or not a port: %d, want 1 to 65535", name, port)
	}
	return nil
}

func (c Connection) registers() bool { return c.RegistrationPort != 0 }

// endpoint returns the network and address of one of the kernel's sockets.
func (c Connection) endpoint(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	host := c.IP
	if host == "*" {
		host = ""
	}
	return "tcp", net.JoinHostPort(host, strconv.Itoa(port))
}
