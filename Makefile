# Front door: every target sets up what it needs itself. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
# Verilator and cocotb call make themselves; they must not inherit this one's flags.
unexport MAKEFLAGS MFLAGS MAKELEVEL
MAKEOVERRIDES :=

VENV ?= .venv
NET ?= v2-w4a4
PROTOCOL ?= beat
FORM ?= beat
SEED ?= 0
FLOW ?=
II ?=
DSP ?=
VERIFY ?=
BEATS ?=
RECORD ?=
BEAT ?=
LUDB ?=
QTDB ?=
NOISE ?=
JOBS ?= 2

# The same trained network without a DSP48E1 is a stem of its own, in a build folder of its own.
ifeq ($(strip $(DSP)),0)
override NET := $(patsubst %-dsp0,%,$(NET))-dsp0
else ifneq ($(strip $(DSP)),)
$(error DSP=$(DSP): the only other choice is DSP=0, a network without DSP48E1 slices)
endif

PY := $(VENV)/bin/python
export PATH := $(abspath $(VENV))/bin:$(PATH)
export PYTHON TORCH_INDEX
# Brevitas uses torch's named tensors, which warn.
export PYTHONWARNINGS ?= ignore::UserWarning:torch._tensor

# An environment that setup did not create is used as it is: make VENV=/path/to/yours test
ifneq ($(and $(wildcard $(PY)),$(if $(wildcard $(VENV)/.created-by-setup),,foreign)),)
READY := $(PY)
else
READY := $(VENV)/.setup-done
endif

BUILD := build/$(NET)

# option, value: the option only where the value is given
option = $(if $(strip $(2)),--$(1) $(strip $(2)))

##@ Start here

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} \
	  /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@printf '\nDefaults now: NET=%s PROTOCOL=%s VENV=%s MITDB_DIR=%s\n' \
	  '$(NET)' '$(PROTOCOL)' '$(VENV)' "$${MITDB_DIR:-data/mitdb}"

.PHONY: setup
setup: $(READY) ## virtual environment with pinned packages (TORCH_INDEX=https://download.pytorch.org/whl/cpu for CPU only)

$(VENV)/.setup-done: pyproject.toml constraints.txt scripts/setup.sh
	@scripts/setup.sh '$(VENV)'

.PHONY: demo
demo: $(if $(RECORD),data,$(READY)) ## an ECG through V2's RTL in simulation, no data set needed; RECORD=208 BEATS=20 takes an annotated record
	$(PY) -m quant_training.export --net $(NET) --output $(BUILD)/demo \
	  $(if $(RECORD),--source record --record $(RECORD) $(call option,beats,$(BEATS)),--source embedded)
	$(PY) -m hw.compile --net $(NET)
	$(PY) -m sim.simulate --net $(NET) --golden $(BUILD)/demo/golden.npz --report $(BUILD)/demo/report
	$(PY) -m sim.demo $(BUILD)/demo

.PHONY: doctor
doctor: ## which tools and data are here, what each missing one blocks, how to get it
	@if [ -x '$(PY)' ]; then exec '$(PY)' hw/doctor.py; else exec python3 hw/doctor.py; fi

##@ From record to board (NET=v2-w4a4, v1-w4a4, ...)

.PHONY: data
data: $(READY) ## MIT-BIH from PhysioNet, checksums verified, resumable; nothing to do where MITDB_DIR is set
	$(PY) -m quant_training.download

.PHONY: train
train: data ## train NET= on PROTOCOL=paper, beat or patient; FORM=beat or rhythm, SEED=
	$(PY) -m quant_training.train --net $(NET) --protocol $(PROTOCOL) --form $(FORM) --seed $(SEED)

.PHONY: evaluate
evaluate: data ## figures of every committed checkpoint, to results/
	$(PY) -m quant_training.evaluate

.PHONY: explain
explain: data ## what the networks react to, measured and drawn, to results/; RECORD=208 BEAT=20 explains one beat
	$(PY) -m quant_training.explain $(if $(RECORD),--net $(NET) $(call option,record,$(RECORD)) \
	  $(call option,beat,$(BEAT)),$(call option,beats,$(BEATS))) \
	  $(call option,ludb,$(LUDB)) $(call option,qtdb,$(QTDB))

.PHONY: robustness
robustness: data ## accuracy under noise, R-peak jitter, gain errors, to results/; BEATS=, NOISE=<folder of bw, ma, em>
	$(PY) -m quant_training.robustness $(call option,beats,$(BEATS)) $(call option,noise,$(NOISE))

.PHONY: detector
detector: data ## R-peak detector on 48 records and in noise, beside xqrs and gqrs, to results/
	$(PY) -m quant_training.evaluation.detector

.PHONY: export
export: $(READY) ## QONNX and PyTorch's integers of NET= for BEATS= beats; not repeated while nothing changed
	$(PY) -m quant_training.export --net $(NET) $(call option,beats,$(BEATS))

.PHONY: explain-golden
explain-golden: export ## maps of NET='s golden beats, for the board's notebook
	$(PY) -m quant_training.explain --golden $(BUILD)/golden.npz --net $(NET)

.PHONY: compile
compile: export ## NET= to RTL, every stage checked against PyTorch; II=<most cycles a beat>, DSP=0 without DSP48E1
	$(PY) -m hw.compile --net $(NET) $(call option,ii,$(II))

.PHONY: simulate
simulate: compile ## BEATS= beats through NET='s RTL, every stream compared with PyTorch
	$(PY) -m sim.simulate --net $(NET) $(call option,beats,$(BEATS))

.PHONY: synth
synth: compile ## resources of NET= on the xc7z020, by Yosys
	$(PY) -m hw.synth --net $(NET)

.PHONY: fold
fold: $(if $(II),,ii-is-missing) export ## fold NET= anew for II= cycles a beat, size its FIFOs in simulation, write hw/configurations/
	$(PY) -m sim.size_fifos --net $(NET) --ii $(II)

ii-is-missing:
	@echo 'error: II is missing; for example: make fold NET=v2-w4a4 II=2000' >&2; exit 1

.PHONY: bitstream
bitstream: compile ## overlay around NET= for the PYNQ-Z2, read back and checked; FLOW=openxc7 (CHIPDB=, PRJXRAY_DB=) or vivado, VERIFY=full
	$(PY) -m hw.bitstream --net $(NET) $(call option,flow,$(FLOW)) $(call option,verify,$(VERIFY))

.PHONY: verify-bitstream
verify-bitstream: compile ## read <NET>.bit back: electrical rules, then BEATS= beats through the circuit it holds; PRJXRAY_DB=
	$(PY) -m hw.verify_bitstream --net $(NET) $(call option,beats,$(BEATS))

.PHONY: board-sim
board-sim: compile ## the board's driver over a simulation of the whole overlay
	$(PY) -m sim.overlay.board_sim --net $(NET) $(call option,beats,$(BEATS))

.PHONY: board-package
board-package: bitstream explain-golden ## one archive to copy to the PYNQ-Z2
	$(PY) -m sim.overlay.host_cpu --net $(NET)
	$(PY) -m board.package --net $(NET)

.PHONY: bench
bench: $(READY) ## LUTs of every form of multiply-accumulate and thresholding, by Yosys
	$(PY) -m hw.bench

##@ Checks

.PHONY: test
test: lint ## set up, lint and run every test
	$(PY) -m pytest -n $(JOBS) --dist loadgroup

.PHONY: lint
lint: $(READY) ## ruff, mypy, Verilator lint with zero warnings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m hw.tools.lint

##@ Housekeeping

.PHONY: clean
clean: ## delete build/ and caches; downloaded data, checkpoints and the environment stay
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
