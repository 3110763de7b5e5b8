# make lab          opens the lessons in JupyterLab; ARGS="--no-browser" and such go to convnotes lab
# make test         runs everything, with the time of each part; PARTS="vet go" runs some
# make bench        measures; conformance and soak run the long suites
# make images       takes README's pictures anew
# make requirements pins the Python packages anew (needs uv)

export CGO_ENABLED = 0
ARGS =
PARTS =

.PHONY: lab test bench conformance soak images requirements convnotes

lab: convnotes
	@./convnotes lab $(ARGS)

convnotes:
	@go build -o convnotes .

test:
	@.ci/test $(PARTS)

SHOTS = .cache/browser/screenshots
images:
	@SCREENSHOTS=$(CURDIR)/$(SHOTS) notebooks/browser
	cp $(addprefix $(SHOTS)/,$(notdir $(wildcard notebooks/images/*.png))) notebooks/images

requirements:
	cd install/python && uv pip compile --universal --generate-hashes --python-version 3.10 --no-header --no-annotate -q -o requirements.txt requirements.in
	cd notebooks && uv pip compile --universal --generate-hashes --python-version 3.10 --no-header --no-annotate -q -o requirements.txt requirements.in
