/**
 * <coldstart-quiz section="14-aliases">: a section's questions, one at a time, with a reason for every option.
 *
 * The bank (schema 1 of coldstart.quiz.bank) stands inside the element as <script type="application/json">, next to the
 * fallback for readers without JavaScript, which also is what gets printed. Nothing is fetched.
 *
 * Attributes: chapter (address in front of "#anchor", empty on the chapter's own page), seed (fixes the order).
 * Property:   bank (an object; for hosts that have no script child, such as a notebook widget).
 *
 * The file has neither import nor export, so it is valid as a classic script (the only kind that browsers load from
 * file://) and as a module. A notebook widget appends to its text:
 *   export default { render({ model, el }) { const quiz = document.createElement("coldstart-quiz"); quiz.bank = model.get("bank"); el.append(quiz); } }
 */
(() => {
  "use strict";

  const STORE = "coldstart-quiz";
  const VERSION = 1;
  const LABELS = {
    full: "Every fact behind this answer is checked by machine.",
    partial: "Some of the facts behind this answer are checked by machine.",
    cited: "This answer rests on AWS's documentation.",
  };
  const PROOFS = {
    model: "AWS API model", model_doc: "AWS API reference", cfnlint: "cfn-lint rule",
    lifecycle: "cfn-lint runtime table", lab: "lab result", doc: "AWS documentation",
  };
  const NUMBER = ["no", "one", "two", "three", "four"];

  /** Create an element; properties starting with "aria-" or "data-" and unknown ones become attributes. */
  const make = (tag, properties = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in node && !name.includes("-")) node[name] = value;
      else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };

  /** A generator of numbers in [0, 1) that gives the same ones for the same text (FNV-1a, then mulberry32). */
  const random = (text) => {
    let state = 2166136261;
    for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619);
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  };

  const shuffled = (items, seed) => {
    const next = random(String(seed));
    const order = [...items];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = Math.floor(next() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  };

  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  /** What the reader has answered, by question id, kept in this browser where it lets us. */
  const memory = {
    volatile: { version: VERSION, answers: {}, attempts: {} },

    read() {
      try {
        const stored = JSON.parse(localStorage.getItem(STORE));
        const usable = isRecord(stored) && stored.version === VERSION && isRecord(stored.answers) && isRecord(stored.attempts);
        return usable ? stored : this.volatile;
      } catch {
        return this.volatile;
      }
    },

    /** Change the state; what a newer version has written stays untouched. */
    change(edit) {
      const state = this.read();
      edit(state);
      this.volatile = state;
      try {
        const stored = JSON.parse(localStorage.getItem(STORE) ?? "null");
        if (stored?.version > VERSION) return;
      } catch { /* not ours, or not JSON: replaced below */ }
      try {
        localStorage.setItem(STORE, JSON.stringify(state));
      } catch { /* no storage here: the state lasts as long as the page */ }
    },
  };

  class ColdstartQuiz extends HTMLElement {
    #bank = null;
    #shown = null;

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

    #start() {
      if (this.live) return;
      const inline = this.querySelector(':scope > script[type="application/json"]');
      this.#bank ??= inline && JSON.parse(inline.textContent);
      if (this.#bank?.schema !== 1 || !this.#bank.questions.length) return;
      this.status = make("p", { className: "cq-status", role: "status" });
      this.stage = make("div", { className: "cq-stage" });
      this.live = make("section", { className: "cq-live", "aria-label": `Quiz: ${this.#bank.title}` }, this.stage, this.status);
      this.append(this.live);
      this.dataset.live = "";
      if (!isRecord(memory.read().attempts[this.#bank.section])) this.#begin();
      this.#show();
    }

    /** The attempt: its seed, the questions it is limited to, which are done and which were put off. */
    get #attempt() {
      const { seed, only, done, later } = memory.read().attempts[this.#bank.section] ?? {};
      const list = (value) => (Array.isArray(value) ? value : []);
      return { seed: this.getAttribute("seed") ?? seed ?? 0, only: Array.isArray(only) ? only : null, done: list(done), later: list(later) };
    }

    #change(attempt) {
      memory.change((state) => { state.attempts[this.#bank.section] = { ...this.#attempt, ...attempt }; });
    }

    #begin(only = null) {
      this.#change({ seed: Math.floor(Math.random() * 2 ** 31), only, done: [], later: [] });
    }

    /** The attempt's questions in its order. */
    get #questions() {
      const { seed, only } = this.#attempt;
      return shuffled(this.#bank.questions.filter(({ id }) => !only || only.includes(id)), seed);
    }

    /** The answers of this attempt, in the order given, as long as they still fit the question. */
    get #answered() {
      const { answers } = memory.read();
      const fits = ({ id, options }) => options.some((option) => answers[id]?.picked?.includes?.(option.id));
      const asked = new Map(this.#questions.map((question) => [question.id, question]));
      return this.#attempt.done.map((id) => asked.get(id)).filter((question) => question && fits(question))
        .map((question) => ({ question, correct: answers[question.id].correct === true }));
    }

    #show({ focus = false } = {}) {
      const answered = new Set(this.#answered.map(({ question }) => question.id));
      const { later } = this.#attempt;
      const left = this.#questions.filter(({ id }) => !answered.has(id));
      const [next] = left.sort((one, other) => later.indexOf(one.id) - later.indexOf(other.id));
      this.status.textContent = "";
      this.status.className = "cq-status";
      this.stage.replaceChildren(...(next ? this.#ask(next, left.length > 1) : this.#sum()));
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
      const open = this.#questions.length - states.length;
      const steps = [...states, ...Array(open).fill("open")].map((state) => make("span", { className: `cq-step cq-step--${state}` }));
      const bar = make("div", { className: "cq-steps", "aria-hidden": "true" }, ...steps);
      const score = make("p", { className: "cq-score" }, answered.length ? `${right} of ${answered.length} correct so far` : `${steps.length} questions`);
      return make("div", { className: "cq-progress" }, bar, current ? score : null);
    }

    #ask(question, canSkip) {
      this.#shown = { question, checked: false };
      const number = this.#answered.length + 1;
      const total = this.#questions.length;
      const name = `cq-${question.id}`;
      const stem = make("div", { className: "cq-stem", id: `${name}-stem`, innerHTML: question.stem.html });
      const heading = make("span", { id: `${name}-legend`, tabIndex: -1 }, `Question ${number} of ${total}`);
      const fields = make("fieldset", { className: "cq-question", "aria-labelledby": `${name}-legend ${name}-stem` },
        make("legend", { className: "cq-count" }, heading), stem, this.#options(question, name));
      const check = make("button", { className: "cq-button cq-button--primary", type: "submit" }, "Check");
      const skip = canSkip ? make("button", { className: "cq-button", type: "button" }, "Skip for now") : null;
      skip?.addEventListener("click", () => this.#putOff(question));
      const form = make("form", { noValidate: true, autocomplete: "off" }, fields, make("div", { className: "cq-actions" }, check, skip));
      form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(form, check, skip); });
      form.addEventListener("change", () => this.#say(""));
      return [this.#progress(question.id), form];
    }

    #options(question, name) {
      const options = question.shuffle ? shuffled(question.options, `${this.#attempt.seed}/${question.id}`) : question.options;
      const type = question.type === "multiple_response" ? "checkbox" : "radio";
      const rows = options.map((option) => {
        const id = `${name}-${option.id}`;
        const input = make("input", { type, id, name, value: option.id });
        const label = make("label", { htmlFor: id, className: "cq-label" }, input, make("span", { className: "cq-text", innerHTML: option.html }));
        return make("div", { className: "cq-option", "data-option": option.id }, label);
      });
      return make("div", { className: "cq-options" }, ...rows);
    }

    #putOff(question) {
      this.#change({ later: [...this.#attempt.later.filter((id) => id !== question.id), question.id] });
      this.#show({ focus: true });
    }

    #submit(form, button, skip) {
      const { question, checked } = this.#shown;
      if (checked) {
        this.#show({ focus: true });
        return;
      }
      const picked = [...form.querySelectorAll("input:checked")].map((input) => input.value);
      if (picked.length !== question.choose) {
        this.#say(`Choose exactly ${NUMBER[question.choose]}${picked.length ? `; you have chosen ${NUMBER[picked.length] ?? picked.length}` : ""}.`, "guard");
        return;
      }
      const correct = question.options.every((option) => option.correct === picked.includes(option.id));
      this.#keep(question, picked, correct);
      this.#reveal(form, question, picked);
      this.stage.querySelector(".cq-progress").replaceWith(this.#progress(question.id));
      button.textContent = this.#answered.length < this.#questions.length ? "Next question" : "See the result";
      skip?.remove();
      this.#shown.checked = true;
      const keys = question.options.filter((option) => option.correct).map((option) => plain(option.html));
      this.#say(correct ? "Correct." : `Not correct. ${keys.length > 1 ? "The answers are" : "The answer is"}: ${keys.join("; ")}`, correct ? "right" : "wrong");
    }

    #keep(question, picked, correct) {
      memory.change((state) => { state.answers[question.id] = { picked, correct, at: new Date().toISOString() }; });
      this.#change({ done: [...this.#attempt.done.filter((id) => id !== question.id), question.id] });
    }

    /** Show on every option whether it was right, whether it was chosen, and why. */
    #reveal(form, question, picked) {
      for (const option of question.options) {
        const row = form.querySelector(`[data-option="${option.id}"]`);
        const chosen = picked.includes(option.id);
        row.querySelector("input").disabled = true;
        row.classList.add(option.correct ? "cq-option--right" : chosen ? "cq-option--wrong" : "cq-option--rest");
        const verdict = option.correct
          ? (chosen ? "Correct, your answer" : "Correct answer")
          : (chosen ? "Wrong, your answer" : "Wrong");
        row.append(make("div", { className: "cq-why" }, make("p", { className: "cq-verdict" }, verdict), make("div", { innerHTML: option.why.html })));
      }
      form.querySelector("fieldset").append(this.#evidence(question));
    }

    #evidence({ section, proof, sources }) {
      const claims = proof.facts.map(({ claim, by }) =>
        make("li", {}, `${claim} `, make("span", { className: "cq-by" }, by.map((kind) => PROOFS[kind] ?? kind).join(", "))));
      const links = sources.map((url) => make("li", {}, make("a", { href: url }, url.replace(/^https:\/\//, ""))));
      return make("div", { className: "cq-evidence" },
        make("a", { href: this.#chapter(section) }, "Read this part of the chapter"),
        make("details", { className: "cq-proof" }, make("summary", {}, "Evidence"), make("p", {}, LABELS[proof.label]), make("ul", {}, ...claims, ...links)));
    }

    #chapter({ anchor }) {
      return `${this.getAttribute("chapter") ?? ""}#${anchor}`;
    }

    #sum() {
      const answered = this.#answered;
      const missed = answered.filter(({ correct }) => !correct).map(({ question }) => question);
      const right = answered.length - missed.length;
      const title = make("p", { className: "cq-result", tabIndex: -1 }, make("strong", {}, `${right} of ${answered.length}`), ` correct, ${Math.round((100 * right) / answered.length)} %`);
      const list = missed.map(({ stem, section }) => {
        const link = make("a", { href: this.#chapter(section), "aria-label": `Read again: ${plain(stem.html)}` }, "Read again");
        return make("li", {}, make("span", {}, plain(stem.html)), " ", link);
      });
      const actions = make("div", { className: "cq-actions" },
        missed.length ? this.#restart(`Retry the ${missed.length} missed`, missed.map(({ id }) => id), true) : null,
        this.#restart("Start again", null, !missed.length));
      return [this.#progress(null), title,
        missed.length ? make("p", {}, "Worth another look:") : make("p", {}, "Nothing missed."),
        missed.length ? make("ul", { className: "cq-missed" }, ...list) : null, actions].filter(Boolean);
    }

    #restart(text, only, primary) {
      const button = make("button", { className: `cq-button${primary ? " cq-button--primary" : ""}`, type: "button" }, text);
      button.addEventListener("click", () => { this.#begin(only); this.#show({ focus: true }); });
      return button;
    }

    #say(text, tone = "") {
      this.status.className = `cq-status${tone && ` cq-status--${tone}`}`;
      this.status.textContent = text;
    }
  }

  /** The text of a piece of the bank's HTML, without listings and without "(Choose TWO.)". */
  function plain(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const listing of holder.content.querySelectorAll("pre")) listing.remove();
    return holder.content.textContent.replace(/\(Choose \w+\.\)/, "").replace(/\s+/g, " ").trim();
  }

  if (!customElements.get("coldstart-quiz")) customElements.define("coldstart-quiz", ColdstartQuiz);
})();
