/** coldstart.progressView(): what there is of progress, to look at, to take along as a file, to bring in, to erase. */
(() => {
  "use strict";

  const { bank, progress, count, question: draw } = globalThis.coldstart;
  const { make, button } = draw;

  const save = (name, text) => {
    const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  const saveProgress = () => save(`coldstart-progress-${coldstart.today()}.json`, progress.text());

  const summary = () => {
    const { log, flags, exams } = progress.read();
    const known = bank.byId;
    const seen = [...progress.last().keys()].filter((id) => known.has(id)).length;
    const right = log.filter(({ correct }) => correct).length;
    const share = log.length ? `, ${right} of them right (${Math.round((100 * right) / log.length)} %)` : "";
    return [`${seen} of ${count(known.size, "question")} seen`, `${count(log.length, "answer")} given${share}`,
      `${count(flags.length, "question")} flagged`, `${count(exams.length, "mock exam")} finished`];
  };

  coldstart.progressView = () => {
    const status = make("p", { className: "qp-status", role: "status" });
    const list = make("ul", { className: "qp-summary" });
    const notice = make("p", { className: "cq-notice" });
    const rescued = make("p", { className: "qp-rescued" });
    const show = (said = "") => {
      list.replaceChildren(...summary().map((line) => make("li", {}, line)));
      notice.textContent = progress.notice;
      rescued.replaceChildren(...progress.damaged().map((key) => button(`Save ${key}`, () => save(`${key}.json`, localStorage.getItem(key)))));
      status.textContent = said;
    };
    const file = make("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "Progress to bring in" });
    file.addEventListener("change", async () => { show(await bringIn(file.files[0])); file.value = ""; });
    const dialog = erasing(() => { progress.erase(); show("Your progress is erased."); });
    const actions = make("p", { className: "cq-actions" },
      button("Save as a file", saveProgress, { primary: true }),
      button("Bring in a file …", () => file.click()),
      button("Erase …", () => dialog.showModal()));
    show();
    return [
      make("p", { className: "qp-intro" }, "Your answers stay in this browser and go nowhere. The file holds the same, for another browser or for the quiz in the terminal; what you bring in is added to what is here."),
      list, actions, file, status, notice, rescued, dialog,
    ];
  };

  /** Merge a file; says in a sentence what came of it. */
  const bringIn = async (file) => {
    if (!file) return "";
    try {
      const { answers, flags, exams } = progress.take(await file.text());
      return `Brought in: ${count(answers, "answer")}, ${count(flags, "flag")}, ${count(exams, "mock exam")}.`;
    } catch (error) {
      return `${file.name} ${error instanceof progress.Refused ? error.message : "cannot be read"}. Nothing has changed.`;
    }
  };

  const erasing = (erase) => {
    const dialog = make("dialog", { className: "qp-dialog", "aria-labelledby": "qp-erase" },
      make("p", { id: "qp-erase", className: "qp-dialog__title" }, "Erase your progress?"),
      make("p", {}, "Every answer, flag and mock exam in this browser is erased for good."),
      make("p", { className: "cq-actions" },
        button("Save as a file first", saveProgress),
        button("Erase", () => { dialog.close(); erase(); }, { primary: true }),
        button("Keep it", () => dialog.close())));
    return dialog;
  };
})();
