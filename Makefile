# Each verb sets up what it needs first, and can be run twice.
PYTHON ?= python3
setup = @command -v $(PYTHON) >/dev/null || { echo "coldstart needs Python 3.11 or newer, and there is no '$(PYTHON)' here; install it, or name it: make PYTHON=/path/to/python3.13 $@" >&2; exit 1; }; $(PYTHON) src/coldstart/bootstrap.py
coldstart = .venv/bin/coldstart

help:   ## list these verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile

learn:  ## read the notes, run the labs, take the quizzes: emulator, site and JupyterLab until Ctrl-C
	$(setup) course && exec $(coldstart) learn

test:   ## run every test, from a clean checkout
	$(setup) test && $(coldstart) test

up:     ## start the emulator alone
	$(setup) course && $(coldstart) up

down:   ## stop the emulator
	$(setup) course && $(coldstart) down

reset:  ## forget everything in the emulator
	$(setup) course && $(coldstart) reset

site:   ## build the site into build/site
	$(setup) course && $(coldstart) site

quiz:   ## take a quiz in the terminal
	$(setup) course && $(coldstart) quiz

bench:  ## measure against the floor, and print the tables
	$(setup) test && $(coldstart) bench

regen:  ## run the labs again and store their outputs
	$(setup) test && $(coldstart) regen

.PHONY: help learn test up down reset site quiz bench regen
