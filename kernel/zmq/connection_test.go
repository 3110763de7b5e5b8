package zmq

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

const goodConnection = `{"transport":"tcp","ip":"127.0.0.1","shell_port":1,"control_port":2,"stdin_port":3,
	"iopub_port":4,"hb_port":5,"key":"k","signature_scheme":"hmac-sha256","kernel_name":"x"}`

func TestParseConnection(t *testing.T) {
	c, err := ParseConnection([]byte(goodConnection))
	if err != nil {
		t.Fatal(err)
	}
	for port, want := range map[int]string{c.Shell: "127.0.0.1:1", c.Control: "127.0.0.1:2", c.Stdin: "127.0.0.1:3",
		c.IOPub: "127.0.0.1:4", c.Heartbeat: "127.0.0.1:5"} {
		if network, address := c.endpoint(port); network != "tcp" || address != want {
			t.Errorf("endpoint is %s %s, want tcp %s", network, address, want)
		}
	}
	c.Transport, c.IP = "ipc", "/run/kernel"
	if network, address := c.endpoint(1); network != "unix" || address != "/run/kernel-1" {
		t.Errorf("endpoint is %s %s", network, address)
	}
	c.Transport, c.IP = "tcp", "*"
	if _, address := c.endpoint(1); address != ":1" {
		t.Errorf("endpoint is %s", address)
	}
	c.IP = "::1"
	if _, address := c.endpoint(1); address != "[::1]:1" {
		t.Errorf("endpoint is %s", address)
	}
}

func TestParseConnectionRefuses(t *testing.T) {
	for name, test := range map[string]struct{ old, new, want string }{
		"transport":        {"tcp", "udp", `transport is "udp", want tcp or ipc`},
		"port":             {`"hb_port":5`, `"hb_port":70000`, "hb_port is missing or not a port: 70000, want 1 to 65535"},
		"no port":          {`"shell_port":1,`, "", "shell_port is missing or not a port: 0"},
		"ipc registration": {`"transport":"tcp"`, `"transport":"ipc","registration_port":7`, "registration over ipc is not supported"},
		"scheme":           {"hmac-sha256", "rot13", `signature scheme "rot13" is unknown; use hmac-sha256`},
		"JSON":             {"{", "", "not JSON of the expected form"},
		"text port":        {`"hb_port":5`, `"hb_port":"5"`, "not JSON of the expected form"},
		"curve":            {`"key":"k"`, `"key":"k","curve_secretkey":"s"`, "transport encryption (CURVE) is not supported"},
	} {
		_, err := ParseConnection([]byte(strings.Replace(goodConnection, test.old, test.new, 1)))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v, want %s", name, err, test.want)
		}
	}
	if _, err := ReadConnection(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
}

func FuzzConnection(f *testing.F) {
	f.Add([]byte(goodConnection))
	f.Add([]byte(`{"registration_ip":"127.0.0.1","registration_port":7,"kernel_id":"k","key":"","transport":"tcp"}`))
	f.Add([]byte(`{"ip":1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseConnection(text)
		if err != nil {
			return
		}
		for _, port := range c.ports() {
			c.endpoint(port)
		}
		if c.check() != nil {
			t.Errorf("accepted %q", text)
		}
	})
}
