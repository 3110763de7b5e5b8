package protocol

import "encoding/json"

// Types of messages that a kernel sends on iopub and stdin by itself. A reply's
// type is its request's with _reply for _request.
const (
	Status            = "status"
	Stream            = "stream"
	ExecuteInput      = "execute_input"
	ExecuteResult     = "execute_result"
	DisplayData       = "display_data"
	UpdateDisplayData = "update_display_data"
	ClearOutput       = "clear_output"
	Error             = "error"
	IOPubWelcome      = "iopub_welcome"
	InputRequest      = "input_request"
	InputReply        = "input_reply"
	ShutdownReply     = "shutdown_reply"
	CommOpen          = "comm_open"
	CommMsg           = "comm_msg"
	CommClose         = "comm_close"
)

// Subscribe is the type of the message by which a Transport tells the kernel
// that a client has begun to listen on iopub; its content is a Welcome. It is
// never sent over a wire.
const Subscribe = "subscribe"

// Values of status in replies.
const (
	OK      = "ok"
	Failed  = "error"
	Aborted = "aborted"
)

// An ExecuteRequest asks to run a cell. Fields that are missing get the
// specification's defaults, but for AllowStdin: a client that does not say that
// it answers input requests is not asked.
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    bool              `json:"store_history"`
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"`
}

func (r *ExecuteRequest) UnmarshalJSON(b []byte) error {
	type fields ExecuteRequest
	f := fields{StoreHistory: true, StopOnError: true}
	err := json.Unmarshal(b, &f)
	*r = ExecuteRequest(f)
	r.StoreHistory = r.StoreHistory && !r.Silent
	return err
}

// An ExecuteReply ends a cell. With status error it carries an ErrorContent.
type ExecuteReply struct {
	Status          string         `json:"status"`
	ExecutionCount  int            `json:"execution_count"`
	UserExpressions map[string]any `json:"user_expressions,omitzero"` // with status ok only
	Payload         []any          `json:"payload"`
	*ErrorContent
}

// An ErrorContent says what went wrong.
type ErrorContent struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// An ErrorReply is the reply to a request other than execute that failed.
type ErrorReply struct {
	Status string `json:"status"`
	ErrorContent
}

// A Page payload shows data in the front end's pager.
type Page struct {
	Source string         `json:"source"` // page
	Data   map[string]any `json:"data"`
	Start  int            `json:"start"`
}

// A SetNextInput payload puts text into the next cell, or this one.
type SetNextInput struct {
	Source  string `json:"source"` // set_next_input
	Text    string `json:"text"`
	Replace bool   `json:"replace"`
}

// A StatusContent says busy, idle or starting.
type StatusContent struct {
	State string `json:"execution_state"`
}

// A StreamContent is text of stdout or stderr.
type StreamContent struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// An ExecuteInputContent tells every client which code runs.
type ExecuteInputContent struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// A DisplayContent is a bundle of representations by MIME type.
type DisplayContent struct {
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Transient Transient      `json:"transient"`
}

// Transient is what of a display is not saved in a notebook.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

// A ResultContent is the value of a cell's last expression.
type ResultContent struct {
	ExecutionCount int            `json:"execution_count"`
	Data           map[string]any `json:"data"`
	Metadata       map[string]any `json:"metadata"`
	Transient      Transient      `json:"transient"`
}

// A ClearContent clears a cell's output, with Wait when the next one comes.
type ClearContent struct {
	Wait bool `json:"wait"`
}

// A Welcome says to which topic a client has subscribed.
type Welcome struct {
	Subscription string `json:"subscription"`
}

// An InputRequestContent asks the person for a line.
type InputRequestContent struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// An InputReplyContent is what the person typed.
type InputReplyContent struct {
	Value string `json:"value"`
}

// A KernelInfo describes a kernel and its language.
type KernelInfo struct {
	Status                string       `json:"status"`
	ProtocolVersion       string       `json:"protocol_version"`
	Implementation        string       `json:"implementation"`
	ImplementationVersion string       `json:"implementation_version"`
	LanguageInfo          LanguageInfo `json:"language_info"`
	Banner                string       `json:"banner"`
	HelpLinks             []HelpLink   `json:"help_links"`
	SupportedFeatures     []string     `json:"supported_features"`
	Debugger              bool         `json:"debugger"` // deprecated since 5.5, still read
}

// LanguageInfo tells front ends how to highlight, save and export cells. Empty
// fields are left out, since front ends take "" for an answer.
type LanguageInfo struct {
	Name              string `json:"name"`
	Version           string `json:"version"`
	MIMEType          string `json:"mimetype"`
	FileExtension     string `json:"file_extension"`
	PygmentsLexer     string `json:"pygments_lexer,omitempty"`
	CodeMirrorMode    any    `json:"codemirror_mode,omitempty"`
	NbconvertExporter string `json:"nbconvert_exporter,omitempty"`
}

// A HelpLink is an entry of the Help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// A CompleteRequest asks what may stand at a cursor. Positions count code points.
type CompleteRequest struct {
	Code      string `json:"code"`
	CursorPos int    `json:"cursor_pos"`
}

// A CompleteReply lists what may replace the text between two positions.
type CompleteReply struct {
	Status      string         `json:"status"`
	Matches     []string       `json:"matches"`
	CursorStart int            `json:"cursor_start"`
	CursorEnd   int            `json:"cursor_end"`
	Metadata    map[string]any `json:"metadata"`
}

// A CompletionType is one match with its kind, as ipykernel sends it in the
// metadata field _jupyter_types_experimental.
type CompletionType struct {
	Start     int    `json:"start"`
	End       int    `json:"end"`
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature"`
}

// An InspectRequest asks what the name at a cursor is.
type InspectRequest struct {
	Code        string `json:"code"`
	CursorPos   int    `json:"cursor_pos"`
	DetailLevel int    `json:"detail_level"`
}

// An InspectReply documents a name.
type InspectReply struct {
	Status   string         `json:"status"`
	Found    bool           `json:"found"`
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// An IsCompleteRequest asks whether code can be run as it stands.
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// An IsCompleteReply says complete, incomplete, invalid or unknown.
type IsCompleteReply struct {
	Status string  `json:"status"`
	Indent *string `json:"indent,omitempty"` // with incomplete only
}

// A HistoryRequest asks for cells that ran before.
type HistoryRequest struct {
	Output     bool   `json:"output"`
	Raw        bool   `json:"raw"`
	HistAccess string `json:"hist_access_type"` // range, tail or search
	Session    int    `json:"session"`
	Start      int    `json:"start"`
	Stop       *int   `json:"stop"`
	N          *int   `json:"n"`
	Pattern    string `json:"pattern"`
	Unique     bool   `json:"unique"`
}

// A HistoryReply lists [session, line, input] or [session, line, [input, output]].
type HistoryReply struct {
	Status  string   `json:"status"`
	History [][3]any `json:"history"`
}

// A CommContent opens a comm, speaks over it or closes it.
type CommContent struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name,omitempty"` // comm_open only
	Data   json.RawMessage `json:"data"`
}

// A CommInfoRequest asks for the open comms, of one target if it names one.
type CommInfoRequest struct {
	Target string `json:"target_name"`
}

// A CommInfoReply lists open comms by id.
type CommInfoReply struct {
	Status string              `json:"status"`
	Comms  map[string]CommInfo `json:"comms"`
}

// CommInfo is one open comm.
type CommInfo struct {
	Target string `json:"target_name"`
}

// A ShutdownContent is request and reply of a shutdown.
type ShutdownContent struct {
	Status  string `json:"status,omitempty"`
	Restart bool   `json:"restart"`
}

// An OKReply has nothing to say but that it went well.
type OKReply struct {
	Status string `json:"status"`
}
