/**
 * <coldstart-practice>: questions across sections, chosen by filters; those that are due for review; and the progress as a file.
 *
 * What is shown stands in the address: #practice?section=14-aliases&skill=1.2.2&only=missed, #review, #progress.
 */
(() => {
  "use strict";

  const { bank, progress, places, count, day, question: draw } = globalThis.coldstart;
  const { make } = draw;
  const ONLY = { all: "All", missed: "Missed", flagged: "Flagged", new: "Not yet seen" };
  const VIEWS = { practice: "Practice", review: "Review", progress: "Your progress" };

  /** The questions that a filter lets through: {section, skill, only}, each empty for all. */
  const matching = ({ section, skill, only }) => {
    const last = progress.last();
    const passes = {
      missed: ({ id }) => last.get(id)?.correct === false,
      flagged: ({ id }) => progress.isFlagged(id),
      new: ({ id }) => !last.has(id),
    }[only] ?? (() => true);
    return bank.questions.filter((question) => (!section || question.section.slug === section) && (!skill || question.skills.includes(skill)) && passes(question));
  };

  /** The quiz element over some questions. */
  const quiz = (title, questions, mode) => {
    const element = make("coldstart-quiz", { mode, chapter: places.chapter, lab: places.lab, numbers: places.numbers });
    element.bank = { schema: 1, section: mode, title, questions };
    return element;
  };

  class ColdstartPractice extends HTMLElement {
    connectedCallback() {
      if (this.body) return;
      this.tabs = make("nav", { className: "qp-tabs", "aria-label": "Ways to practise" });
      this.body = make("div", { className: "qp-body" });
      this.replaceChildren(this.tabs, this.body);
      addEventListener("hashchange", () => this.#show());
      addEventListener("coldstart-progress", () => this.#count());
      this.#show();
    }

    get #address() {
      const [view, query] = location.hash.slice(1).split("?");
      return { view: VIEWS[view] ? view : "practice", filter: Object.fromEntries(new URLSearchParams(query ?? "")) };
    }

    #show() {
      const { view, filter } = this.#address;
      this.refresh = null;
      this.body.replaceChildren(...{ practice: () => this.#practice(filter), review: () => this.#review(), progress: () => coldstart.progressView() }[view]());
      this.#count();
    }

    /** What changes with every answer: how many are due, how many match. */
    #count() {
      const { view } = this.#address;
      const due = coldstart.due().now.length;
      const links = Object.entries(VIEWS).map(([name, title]) =>
        make("li", {}, make("a", { href: `#${name}`, "aria-current": name === view ? "page" : null }, title, name === "review" && due ? make("small", {}, ` ${due} due`) : null)));
      const focused = [...this.tabs.querySelectorAll("a")].indexOf(document.activeElement);
      this.tabs.replaceChildren(make("ul", {}, ...links));
      if (focused >= 0) this.tabs.querySelectorAll("a")[focused].focus();
      this.refresh?.();
    }

    // -- Practice --------------------------------------------------------------------------------------------------------

    #practice(filter) {
      const found = make("p", { className: "qp-found", role: "status" });
      const asked = make("div", {});
      const form = this.#filters(filter);
      const ask = () => {
        const questions = matching(filter);
        found.textContent = questions.length ? `${count(questions.length, "question")} match${questions.length === 1 ? "es" : ""}.` : "No question matches these filters.";
        asked.replaceChildren(...(questions.length ? [quiz("Practice", questions, "practice")] : []));
      };
      form.addEventListener("change", () => {
        Object.assign(filter, Object.fromEntries(new FormData(form)));
        const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value && value !== "all"));
        history.replaceState(null, "", `#practice${query.size ? `?${query}` : ""}`);
        ask();
      });
      ask();
      return [form, found, asked];
    }

    #filters({ section = "", skill = "", only = "all" }) {
      const sections = bank.sections.map(({ section: slug }) => [slug, bank.section(slug)]);
      const skills = Object.keys(bank.exam.skills).filter((id) => bank.questions.some((question) => question.skills.includes(id))).map((id) => [id, bank.skill(id)]);
      const radios = Object.entries(ONLY).map(([value, text]) =>
        make("label", { className: "qp-choice" }, make("input", { type: "radio", name: "only", value, checked: value === only }), text));
      return make("form", { className: "qp-filters", autocomplete: "off" },
        select("section", "Section", "All sections", sections, section),
        select("skill", "Skill of the exam", "All skills", skills, skill),
        make("fieldset", { className: "qp-only" }, make("legend", {}, "Questions"), make("div", { className: "qp-choices" }, ...radios)));
    }

    // -- Review ----------------------------------------------------------------------------------------------------------

    #review() {
      const { now } = coldstart.due();
      const told = make("p", { className: "qp-found", role: "status" });
      this.refresh = () => {
        const { now: left, next, nextCount } = coldstart.due();
        const coming = next ? ` Next: ${count(nextCount, "question")} on ${day(next, { timeZone: "UTC" })}.` : "";
        told.textContent = (left.length ? `${count(left.length, "question")} due today.` : next ? "Nothing is due today." : "") + coming;
      };
      const intro = make("p", { className: "qp-intro" }, "A question that you have answered, here, in a quiz or in an exam, comes back on the day on which you are likely to begin to forget it: soon after a wrong answer, later after each right one.");
      const none = make("p", {}, "You have not answered any question yet. ", make("a", { href: "#practice" }, "Practise"), " a few, and they will come back here.");
      const some = progress.read().log.length > 0;
      return [intro, told, now.length ? quiz("Review", now, "review") : some ? "" : none];
    }
  }

  const select = (name, text, all, entries, chosen) => {
    const options = [["", all], ...entries].map(([value, label]) => make("option", { value, selected: value === chosen }, label));
    return make("label", { className: "qp-select" }, make("span", {}, text), make("select", { name }, ...options));
  };

  /** The questions that are due today, and the next day on which some are. Questions that have left the course are passed over. */
  coldstart.due = () => {
    const today = coldstart.today();
    const known = bank.byId;
    const days = [...coldstart.dueDays(progress.read().log)].filter(([id]) => known.has(id));
    const later = days.map(([, on]) => on).filter((on) => on > today).sort();
    const now = days.filter(([, on]) => on <= today).sort(([, one], [, other]) => (one < other ? -1 : 1)).map(([id]) => known.get(id));
    return { now, next: later[0] ?? null, nextCount: later.filter((on) => on === later[0]).length };
  };

  document.addEventListener("DOMContentLoaded", () => customElements.define("coldstart-practice", ColdstartPractice));
})();
