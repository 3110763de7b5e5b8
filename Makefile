# make lab          opens the lessons in JupyterLab; ARGS="--no-browser" and such go to convnotes lab
# make test         runs everything, with the time of each part; PARTS="vet go" runs some
# make bench        measures the kernel beside ipykernel (writes kernel/BENCHMARKS.md), cells and cnn
# make bench-cnn    measures cnn beside PyTorch, ONNX Runtime and OpenVINO, after make peers
# make bench-train  trains the networks of the lectures in full, LeNet beside PyTorch; FASHION=folder
# make peers        computes what cnn is tested against with PyTorch and its company (6 GB of Python)
# make conformance  runs Go's own test programs in cells, all of them
# make soak         fuzzes every parser, FUZZTIME=1m each, runs all notebooks every way and in the browser, 10,000 cells and PROGRAMS=1000 random programs
# make images       takes README's pictures anew
# make requirements pins the Python packages anew (needs uv)

export CGO_ENABLED = 0
ARGS =
PARTS =

.PHONY: lab test bench bench-cnn bench-train peers conformance soak images requirements convnotes

lab: convnotes
	@./convnotes lab $(ARGS)

convnotes:
	@go build -o convnotes .

test:
	@.ci/test $(PARTS)

bench:
	kernel/kerneltest/clients/bench
	go test -run - -bench . ./kernel/gocell/... ./cnn/...

bench-cnn:
	.cache/peers/bin/python cnn/peers/bench.py $(ARGS)

FASHION = /usr/share/datasets/fashion-mnist
bench-train:
	go run ./cnn/peers/trainings -fashion $(FASHION)
	.cache/peers/bin/python cnn/peers/trainings.py $(FASHION)

peers:
	cnn/peers/run $(ARGS)

conformance:
	go test -timeout 3h ./kernel/gocell/conformance -conformance -errorcheck

FUZZTIME = 1m
PROGRAMS = 1000
soak:
	@.ci/soak $(FUZZTIME)
	notebooks/product --write
	PRODUCT=1 notebooks/browser
	CONVNOTES_SOAK=1 go test -timeout 1h -run FolderLarger ./cnn/train
	go test -run - -bench 'ManyCells|CellsAgain' -benchtime 1x ./kernel/gocell
	go test -timeout 3h -run GeneratedPrograms ./kernel/gocell/conformance -programs $(PROGRAMS) -seed $$(date +%s)

SHOTS = .cache/browser/screenshots
images:
	@SCREENSHOTS=$(CURDIR)/$(SHOTS) notebooks/browser
	cp $(addprefix $(SHOTS)/,$(notdir $(wildcard notebooks/images/*.png))) notebooks/images

requirements:
	cd install/python && uv pip compile --universal --generate-hashes --python-version 3.10 --no-header --no-annotate -q -o requirements.txt requirements.in
	cd notebooks && uv pip compile --universal --generate-hashes --python-version 3.10 --no-header --no-annotate -q -o requirements.txt requirements.in
	cd lessons/grade/nbgrader && uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-annotate -q -o requirements.txt requirements.in
