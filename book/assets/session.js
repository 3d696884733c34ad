/* What the pages know about the session they are served in. `make learn` answers with the address of JupyterLab in place of this file. */
globalThis.coldstart = {};
