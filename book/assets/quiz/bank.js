/**
 * coldstart.bank: every question of the course, for the pages that ask across sections.
 *
 * The banks (assets/bank/NN-slug.js) and the exams (assets/bank/dva-c03.js) come as classic scripts that register themselves in
 * coldstart.banks and coldstart.exams before or after this one.
 */
(() => {
  "use strict";

  const coldstart = (globalThis.coldstart ??= {});
  coldstart.banks ??= {};
  coldstart.exams ??= {};

  const byNumber = (one, other) => (one < other ? -1 : 1);

  coldstart.bank = {
    /** The banks of the sections, in the order of the course. */
    get sections() { return Object.keys(coldstart.banks).sort(byNumber).map((slug) => coldstart.banks[slug]); },
    get questions() { return this.sections.flatMap(({ questions }) => questions); },
    /** The questions by their id. */
    get byId() { return new Map(this.questions.map((question) => [question.id, question])); },
    /** The exam whose skills the questions are tagged with: id, name, domains, skills. */
    get exam() { return Object.values(coldstart.exams)[0]; },
    /** "1.2.2 Lambda configuration" */
    skill(id) { return `${id} ${this.exam.skills[id] ?? ""}`.trim(); },
    /** "14 Aliases" */
    section(slug) { return `${slug.split("-")[0]} ${coldstart.banks[slug]?.title ?? slug}`; },
  };

  /** Where the pages' links lead; see question.js. */
  coldstart.places = { chapter: "{section}.html", lab: "labs/{section}.html", numbers: "numbers.html" };

  /** "3 questions", "1 question" */
  coldstart.count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  /** A moment or a day of the log as a person writes a day, "25 November 2026". */
  coldstart.day = (moment, options = {}) => new Date(moment).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", ...options });
})();
