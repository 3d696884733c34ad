/**
 * The end of the module that a notebook loads (coldstart.quiz.widget joins it to the element's scripts): what anywidget asks for.
 * The model keeps the progress, and its Python side the file.
 */
const render = ({ model, el }) => {
  const read = () => model.get("progress");
  const change = (edit) => {
    const state = structuredClone(read());
    edit(state);
    model.set("progress", state);
    model.save_changes();
  };
  const quiz = document.createElement("coldstart-quiz");
  quiz.progress = globalThis.coldstart.progress.over(read, change);
  quiz.bank = model.get("bank");
  const site = model.get("site");
  if (site) {
    quiz.setAttribute("chapter", `${site}{section}.html`);
    quiz.setAttribute("numbers", `${site}numbers.html`);
  }
  const notice = document.createElement("p");
  notice.setAttribute("role", "status");
  notice.className = "cq-notice";
  const say = () => { notice.textContent = model.get("notice"); };
  model.on("change:notice", say);
  say();
  el.classList.add("cq-widget");
  // Keys choose answers here; JupyterLab would move, cut or add cells, and asks this of the element that has the focus.
  el.addEventListener("focusin", ({ target }) => { target.dataset.lmSuppressShortcuts = "true"; });
  el.addEventListener("click", ({ target }) => target.closest("a")?.setAttribute("target", "_blank")); // the notebook stays open
  el.append(quiz, notice);
  return () => model.off("change:notice", say);
};

export default { render };
