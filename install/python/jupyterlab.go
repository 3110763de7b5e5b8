package python

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/convnotes/convnotes/internal/atomicfile"
)

// A Lab is one run of JupyterLab.
type Lab struct {
	Folder  string // where it opens
	Open    string // the path below Folder that is shown first, with slashes
	Port    int
	Token   string // who knows it may enter
	Browser bool   // open the browser
	Locale  string // of the menus: "zh_CN", or "" for the system's
	Kernel  string // the one kernel that is offered
	Args    []string
}

// ErrNoPort says that every port that was tried is in use.
var ErrNoPort = errors.New("no free port")

// FreePort returns the first free port of this machine's own address from first
// to last.
func FreePort(first, last int) (int, error) {
	for port := first; port <= last; port++ {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, l.Close()
		}
	}
	return 0, ErrNoPort
}

// NewToken returns a random token.
func NewToken() string { return rand.Text() }

// URL is the address that opens the lab.
func (l Lab) URL() string {
	u := url.URL{Scheme: "http", Host: l.host(), Path: "/lab/tree/" + l.Open, RawQuery: url.Values{"token": {l.Token}}.Encode()}
	return u.String()
}

func (l Lab) host() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port)) }

// Start starts JupyterLab in the environment, its log going to log. The process
// ends by itself; who wants it to end before interrupts it.
func (e Environment) Start(ctx context.Context, l Lab, log io.Writer) (*exec.Cmd, error) {
	settings, err := e.configure(l)
	if err != nil {
		return nil, err
	}
	args := append(l.arguments(), "--LabApp.app_settings_dir="+settings)
	c := command(ctx, e.Python(), append(args, l.Args...)...)
	c.Env = append(c.Env, "JUPYTER_TOKEN="+l.Token, "JUPYTER_PREFER_ENV_PATH=1", "JUPYTER_PLATFORM_DIRS=0")
	c.Dir, c.Stdout, c.Stderr = l.Folder, log, log
	return c, c.Start()
}

func (l Lab) arguments() []string {
	args := []string{
		"-m", "jupyterlab",
		"--ServerApp.root_dir=" + l.Folder,
		"--ServerApp.ip=127.0.0.1",
		"--ServerApp.port=" + strconv.Itoa(l.Port),
		"--ServerApp.port_retries=0",
		"--ServerApp.open_browser=" + pythonBool(l.Browser),
		"--LabApp.default_url=/lab/tree/" + l.Open,
		"--ServerApp.answer_yes=True", // Ctrl-C ends it at once
		"--log-level=WARN", "--LabApp.log_level=WARN",
		"--LabApp.extension_manager=readonly", // lists what is installed, fetches nothing
		"--LabApp.news_url=None",              // asks no server for news
		"--MultiKernelManager.default_kernel_name=" + l.Kernel,
		"--KernelSpecManager.allowed_kernelspecs=" + l.Kernel,
		"--KernelSpecManager.ensure_native_kernel=False",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root")
	}
	return args
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// configure writes the defaults of JupyterLab's settings, which the user's own
// settings override, and returns their folder: one for each locale, since two
// labs may run at once.
func (e Environment) configure(l Lab) (folder string, err error) {
	settings := map[string]any{
		"@jupyterlab/apputils-extension:notification": map[string]any{"checkForUpdates": false, "fetchNews": "false"},
		"@jupyter-widgets/jupyterlab-manager:plugin":  map[string]any{"saveState": true},
	}
	if l.Locale != "" {
		settings["@jupyterlab/translation-extension:plugin"] = map[string]any{"locale": l.Locale}
	}
	text, err := json.MarshalIndent(settings, "", " ")
	if err != nil {
		return "", err
	}
	folder = filepath.Join(e.Dir, "share", "jupyter", "lab", "settings"+l.Locale)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	return folder, atomicfile.Write(filepath.Join(folder, "overrides.json"), text, 0o644)
}

// Wait waits until the lab answers; running ends when its process has ended.
func (l Lab) Wait(running context.Context) error {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{Proxy: nil}}
	request, err := http.NewRequestWithContext(running, "GET", "http://"+l.host()+"/api/status", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "token "+l.Token)
	for {
		if reply, err := client.Do(request); err == nil {
			reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-running.Done():
			return errors.New("JupyterLab ended before it answered")
		case <-time.After(100 * time.Millisecond):
		}
	}
}
