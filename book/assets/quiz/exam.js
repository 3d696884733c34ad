/**
 * <coldstart-exam>: the mock exam's page. It begins one, goes on with the one that is under way, and reports on those that are finished.
 *
 * A report has an address: #report?exam=<when it began>.
 */
(() => {
  "use strict";

  const { bank, progress, question: draw, asDuration, count } = coldstart;
  const { make, button } = draw;
  const TIMES = [[1, "The usual time"], [1.25, "A quarter more"], [1.5, "Half as much again"], [2, "Twice the time"]];

  class ColdstartExam extends HTMLElement {
    connectedCallback() {
      if (this.body) return;
      this.body = make("div", { className: "qp-body" });
      this.replaceChildren(this.body);
      addEventListener("hashchange", () => this.#route());
      this.#route();
    }

    #route({ over = false, focus = false } = {}) {
      this.sitting?.stop();
      this.sitting = null;
      const [view, query] = location.hash.slice(1).split("?");
      const begun = new URLSearchParams(query ?? "").get("exam");
      const finished = view === "report" && progress.read().exams.find(({ started }) => started === begun);
      if (finished) this.#show("report", [...coldstart.report(finished, { over }), this.#back()], focus);
      else if (progress.read().exam) this.#sit();
      else this.#show("start", this.#start(), focus);
    }

    #show(state, nodes, focus = false) {
      document.body.dataset.exam = state; // what is said about the exam steps back while it runs
      this.body.replaceChildren(...nodes, make("p", { className: "cq-notice" }, progress.notice));
      if (focus) this.body.querySelector("[tabindex='-1']")?.focus();
    }

    #back() {
      return make("p", {}, make("a", { href: "#" }, "Back to the start page, with the earlier exams"));
    }

    // -- Before ----------------------------------------------------------------------------------------------------------

    #start() {
      const { exam } = bank;
      const seed = draw.newSeed();
      const { ids, wanted, missing } = coldstart.draw(exam, bank.questions, seed);
      const times = TIMES.map(([factor, text]) => make("label", { className: "qp-choice" },
        make("input", { type: "radio", name: "time", value: exam.minutes * factor, checked: factor === 1 }), `${text}, ${asDuration(exam.minutes * factor * 60)}`));
      const form = make("form", { className: "qx-start", autocomplete: "off" },
        make("fieldset", { className: "qp-extra" }, make("legend", {}, "Time"), make("div", { className: "qp-choices" }, ...times)),
        make("p", { className: "cq-actions" }, make("button", { className: "cq-button cq-button--primary", type: "submit", disabled: !ids.length }, "Begin the exam")));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#begin({ seed, ids, minutes: Number(new FormData(form).get("time")) });
      });
      return [make("p", {}, `${count(ids.length, "question")} in ${count(exam.minutes, "minute")}, shared out over the domains as ${exam.name} does it:`),
        this.#quotas(wanted), this.#lack(missing), form, ...coldstart.history(progress.read().exams)];
    }

    #quotas(wanted) {
      return make("ul", { className: "qx-quotas" }, ...bank.exam.domains.map(({ id, title }) => make("li", {}, `${title}: `, make("strong", {}, `${wanted.get(id)}`))));
    }

    #lack(missing) {
      if (!missing.size) return "";
      const said = [...missing].map(([id, lack]) => `${lack} too few of domain ${id}`).join(", ");
      return make("p", { className: "qp-muted" }, `The course has ${said}; questions of the other domains take their place.`);
    }

    #begin({ seed, ids, minutes }) {
      progress.change((state) => {
        state.exam ??= { exam: bank.exam.id, seed, started: new Date().toISOString(), minutes, used: 0, questions: ids, answers: {}, flags: [], at: 0 };
      });
      history.replaceState(null, "", location.pathname);
      this.#sit({ focus: true });
    }

    // -- During ----------------------------------------------------------------------------------------------------------

    #sit({ focus = false } = {}) {
      if (!progress.read().exam.questions.some((id) => bank.byId.has(id))) return this.#show("start", this.#lost());
      document.body.dataset.exam = "sitting";
      this.sitting = new coldstart.Sitting(this.body, (exam, { over = false } = {}) => {
        if (!exam) return this.#elsewhere();
        history.replaceState(null, "", `#report?exam=${encodeURIComponent(exam.started)}`);
        return this.#route({ over, focus: true });
      });
      if (focus && this.sitting) this.sitting.show({ focus: true });
      return null;
    }

    #elsewhere() {
      if (!progress.read().exam) return this.#route();
      return this.#show("start", [make("p", {}, "The exam goes on in another tab."), make("p", { className: "cq-actions" }, button("Go on here", () => this.#route()))]);
    }

    #lost() {
      const end = () => { progress.change((state) => { state.exam = null; }); this.#route(); };
      return [make("p", {}, "An exam is under way whose questions have all left the course; it cannot go on."), make("p", { className: "cq-actions" }, button("Put it away", end))];
    }
  }

  document.addEventListener("DOMContentLoaded", () => customElements.define("coldstart-exam", ColdstartExam));
})();
