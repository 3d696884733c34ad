/**
 * <coldstart-quiz section="14-aliases">: questions, one at a time, with a reason for every option.
 *
 * The bank (schema 1 of coldstart.quiz.bank) stands inside the element as <script type="application/json">, next to the
 * fallback for readers without JavaScript, which also is what gets printed. Nothing is fetched.
 *
 * Attributes: chapter, lab, numbers (addresses, see question.js), seed (fixes the order), mode (what the log says of an answer; the
 *             section's quiz goes on where it stood, the others, "practice" and "review", begin anew on every page).
 * Properties: bank (an object) and progress (as progress.js makes them), for hosts that have no script child and keep progress
 *             elsewhere, such as a notebook widget; to be set before the element is in the page.
 *
 * It needs progress.js and question.js before it. None of the three has import or export, so each is valid as a classic script
 * (the only kind that browsers load from file://) and in a module. coldstart.quiz.widget joins their texts for notebooks.
 */
(() => {
  "use strict";

  const { question: draw } = globalThis.coldstart;
  const { make, button } = draw;
  const MANY = 40; // questions for which segments would be too narrow

  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  class ColdstartQuiz extends HTMLElement {
    progress = globalThis.coldstart.progress;
    #bank = null;
    #shown = null;
    #ownAttempt = null;

    connectedCallback() {
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.#start(), { once: true });
      else this.#start();
    }

    set bank(bank) {
      this.#bank = bank;
      if (this.isConnected) this.#start();
    }

    get bank() {
      return this.#bank;
    }

    get #mode() {
      return this.getAttribute("mode") ?? "section";
    }

    get #places() {
      return { chapter: this.getAttribute("chapter"), lab: this.getAttribute("lab"), numbers: this.getAttribute("numbers") };
    }

    #start() {
      if (this.live) return;
      const inline = this.querySelector(':scope > script[type="application/json"]');
      this.#bank ??= inline && JSON.parse(inline.textContent);
      if (this.#bank?.schema !== 1 || !this.#bank.questions.length) return;
      this.status = make("p", { className: "cq-status", role: "status" });
      this.notice = make("p", { className: "cq-notice" });
      this.stage = make("div", { className: "cq-stage" });
      this.live = make("section", { className: "cq-live", "aria-label": `Quiz: ${this.#bank.title}` }, this.stage, this.status, this.notice);
      this.append(this.live);
      this.dataset.live = "";
      if (!isRecord(this.#stored)) this.#begin();
      this.#show();
    }

    get #stored() {
      return this.#mode === "section" ? this.progress.read().attempts[this.#bank.section] : this.#ownAttempt;
    }

    /** The attempt: its seed, the questions it is limited to, which are done and which were put off. */
    get #attempt() {
      const { seed, only, done, later } = this.#stored ?? {};
      const list = (value) => (Array.isArray(value) ? value : []);
      return { seed: this.getAttribute("seed") ?? seed ?? 0, only: Array.isArray(only) ? only : null, done: list(done), later: list(later) };
    }

    #change(part) {
      const attempt = { ...this.#attempt, ...part };
      if (this.#mode === "section") this.progress.change((state) => { state.attempts[this.#bank.section] = attempt; });
      else this.#ownAttempt = attempt;
    }

    #begin(only = null) {
      this.#change({ seed: draw.newSeed(), only, done: [], later: [] });
    }

    /** The attempt's questions in its order. */
    get #questions() {
      const { seed, only } = this.#attempt;
      return draw.shuffled(this.#bank.questions.filter(({ id }) => !only || only.includes(id)), seed);
    }

    /** The answers of this attempt, in the order given, as long as they still fit the question. */
    get #answered() {
      const answers = this.progress.last(this.#mode);
      const fits = ({ id, options }) => options.some((option) => answers.get(id)?.picked.includes(option.id));
      const asked = new Map(this.#questions.map((question) => [question.id, question]));
      return this.#attempt.done.map((id) => asked.get(id)).filter((question) => question && fits(question))
        .map((question) => ({ question, correct: answers.get(question.id).correct }));
    }

    #show({ focus = false } = {}) {
      const answered = new Set(this.#answered.map(({ question }) => question.id));
      const { later } = this.#attempt;
      const left = this.#questions.filter(({ id }) => !answered.has(id));
      const [next] = left.sort((one, other) => later.indexOf(one.id) - later.indexOf(other.id));
      this.#say("");
      this.stage.replaceChildren(...(next ? this.#ask(next, left.length > 1) : this.#sum()));
      this.notice.textContent = this.progress.notice;
      if (focus) this.#focus();
    }

    #focus() {
      this.stage.querySelector("[tabindex='-1']").focus({ preventScroll: true });
      if (this.live.getBoundingClientRect().top < parseFloat(getComputedStyle(this.live).scrollMarginTop)) this.live.scrollIntoView({ block: "start" });
    }

    #progress(current) {
      const answered = this.#answered;
      const right = answered.filter(({ correct }) => correct).length;
      const states = answered.map(({ correct }) => (correct ? "right" : "wrong"));
      if (current && !answered.some(({ question }) => question.id === current)) states.push("now");
      const total = this.#questions.length;
      const steps = [...states, ...Array(total - states.length).fill("open")];
      if (total > MANY) steps.sort((one, other) => ["right", "wrong", "now", "open"].indexOf(one) - ["right", "wrong", "now", "open"].indexOf(other));
      const bar = make("div", { className: `cq-steps${total > MANY ? " cq-steps--many" : ""}`, "aria-hidden": "true" },
        ...steps.map((state) => make("span", { className: `cq-step cq-step--${state}` })));
      const score = make("p", { className: "cq-score" }, answered.length ? `${right} of ${answered.length} correct so far` : `${total} question${total === 1 ? "" : "s"}`);
      return make("div", { className: "cq-progress" }, bar, current ? score : null);
    }

    #ask(question, canSkip) {
      this.#shown = { question, checked: false };
      const heading = `Question ${this.#answered.length + 1} of ${this.#questions.length}`;
      const fields = draw.fields(question, { seed: this.#attempt.seed, heading });
      const check = make("button", { className: "cq-button cq-button--primary", type: "submit" }, "Check");
      const skip = canSkip ? button("Skip for now", () => this.#putOff(question)) : null;
      const form = make("form", { noValidate: true, autocomplete: "off" }, fields, make("div", { className: "cq-actions" }, check, skip, this.#flag(question)));
      form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(form, check, skip); });
      form.addEventListener("change", () => this.#say(""));
      return [this.#progress(question.id), form];
    }

    #flag({ id }) {
      const flag = button("Flag", () => {
        const on = flag.getAttribute("aria-pressed") !== "true";
        this.progress.flag(id, on);
        flag.setAttribute("aria-pressed", on);
      }, { "aria-pressed": `${this.progress.isFlagged(id)}`, title: "Mark the question, to find it again on the practice page" });
      flag.classList.add("cq-flag");
      return flag;
    }

    #putOff(question) {
      this.#change({ later: [...this.#attempt.later.filter((id) => id !== question.id), question.id] });
      this.#show({ focus: true });
    }

    #submit(form, check, skip) {
      const { question, checked } = this.#shown;
      if (checked) {
        this.#show({ focus: true });
        return;
      }
      const picked = draw.picked(form);
      if (picked.length !== question.choose) {
        this.#say(draw.guard(question, picked.length), "guard");
        return;
      }
      const correct = draw.isRight(question, picked);
      this.#keep(question, picked, correct);
      draw.reveal(form.querySelector("fieldset"), question, picked, this.#places);
      this.stage.querySelector(".cq-progress").replaceWith(this.#progress(question.id));
      check.textContent = this.#answered.length < this.#questions.length ? "Next question" : "See the result";
      skip?.remove();
      this.#shown.checked = true;
      this.notice.textContent = this.progress.notice;
      const keys = draw.keys(question).map((option) => draw.plain(option.html));
      this.#say(correct ? "Correct." : `Not correct. ${keys.length > 1 ? "The answers are" : "The answer is"}: ${keys.map((key) => key.replace(/\.$/, "")).join("; ")}`, correct ? "right" : "wrong");
    }

    #keep(question, picked, correct) {
      this.progress.record({ question: question.id, at: new Date().toISOString(), picked, correct, mode: this.#mode });
      this.#change({ done: [...this.#attempt.done.filter((id) => id !== question.id), question.id] });
    }

    #sum() {
      const answered = this.#answered;
      const missed = answered.filter(({ correct }) => !correct).map(({ question }) => question);
      const right = answered.length - missed.length;
      const title = make("p", { className: "cq-result", tabIndex: -1 }, make("strong", {}, `${right} of ${answered.length}`), ` correct, ${Math.round((100 * right) / answered.length)} %`);
      const list = missed.map(({ stem, section }) => {
        const link = make("a", { href: draw.chapter(section, this.#places), "aria-label": `Read again: ${draw.plain(stem.html)}` }, "Read again");
        return make("li", {}, make("span", {}, draw.plain(stem.html)), " ", link);
      });
      const actions = make("div", { className: "cq-actions" },
        missed.length ? this.#restart(`Retry the ${missed.length} missed`, missed.map(({ id }) => id), true) : null,
        this.#restart("Start again", null, !missed.length));
      return [this.#progress(null), title,
        missed.length ? make("p", {}, "Worth another look:") : make("p", {}, "Nothing missed."),
        missed.length ? make("ul", { className: "cq-missed" }, ...list) : null, actions].filter(Boolean);
    }

    #restart(text, only, primary) {
      return button(text, () => { this.#begin(only); this.#show({ focus: true }); }, { primary });
    }

    #say(text, tone = "") {
      this.status.className = `cq-status${tone && ` cq-status--${tone}`}`;
      this.status.textContent = text;
    }
  }

  if (!customElements.get("coldstart-quiz")) customElements.define("coldstart-quiz", ColdstartQuiz);
})();
