/**
 * coldstart.report(exam, {over}): what a finished mock exam shows, by domain, by skill and question by question.
 * coldstart.history(exams): the finished ones, the latest first.
 */
(() => {
  "use strict";

  const { bank, places, count, day, question: draw, asDuration } = coldstart;
  const { make } = draw;

  // The terminal says the same (coldstart.quiz.report).
  const NO_SCORE = "This is the share of correct answers. AWS reports a scaled score instead, which weighs in how difficult an exam's questions were and leaves out those that it only tries; no share can be turned into it, and none says who would pass.";

  const percent = (right, all) => (all ? Math.round((100 * right) / all) : 0);

  /** What became of every question that the course still has. */
  const outcomes = (exam) => exam.questions.map((id) => bank.byId.get(id)).filter(Boolean).map((question) => {
    const picked = question.options.map(({ id }) => id).filter((id) => exam.answers[question.id]?.includes(id));
    return { question, picked, right: draw.isRight(question, picked), flagged: exam.flags.includes(question.id) };
  });

  const score = (some) => ({ right: some.filter(({ right }) => right).length, all: some.length });

  const bar = ({ right, all }) => make("span", { className: "qx-share", "aria-hidden": "true" }, make("span", { style: `width: ${percent(right, all)}%` }));

  const link = (href, text) => make("a", { href }, text);

  /** A table of rows, each headed by its first cell. On a phone it is laid out as blocks, where only the roles still say what it is. */
  const table = (caption, heads, rows) => {
    const row = (...cells) => make("tr", { role: "row" }, ...cells);
    const columns = heads.map((head) => make("th", { scope: "col", role: "columnheader" }, head));
    const lines = rows.map(([head, ...cells]) => row(make("th", { scope: "row", role: "rowheader" }, head), ...cells.map((cell) => make("td", { role: "cell" }, ...[cell].flat()))));
    return make("table", { className: `qx-table${heads.length > 3 ? " qx-table--wide" : ""}`, role: "table" }, make("caption", {}, caption),
      make("thead", { role: "rowgroup" }, row(...columns)), make("tbody", { role: "rowgroup" }, ...lines));
  };

  const result = (some) => {
    const { right, all } = score(some);
    return [`${right} of ${all}, ${percent(right, all)} %`, bar({ right, all })];
  };

  const byDomain = (all) => table("By domain", ["Domain", "Correct"],
    bank.exam.domains.map(({ id, title }) => [id, title, all.filter(({ question }) => coldstart.domain(question) === id)])
      .filter(([, , some]) => some.length).map(([id, title, some]) => [`${id} ${title}`, result(some)]));

  /** The weakest skill first; a question counts for each of its skills. */
  const bySkill = (all) => {
    const groups = Object.keys(bank.exam.skills).map((id) => [id, all.filter(({ question }) => question.skills.includes(id))]).filter(([, some]) => some.length);
    const share = (some) => score(some).right / some.length;
    groups.sort(([, one], [, other]) => share(one) - share(other));
    return table("By skill, the weakest first; a question counts for each of its skills", ["Skill", "Correct", "Chapter and lab", "Facts behind what was missed"],
      groups.map(([id, some]) => [link(`practice.html#practice?skill=${id}`, bank.skill(id)), result(some), sections(some), facts(some)]));
  };

  const unique = (items, key) => [...new Map(items.map((item) => [key(item), item])).values()];

  const sections = (some) => unique(some.map(({ question }) => question.section), ({ slug }) => slug).map((section) => make("span", { className: "qx-section" },
    link(draw.chapter(section, places), bank.section(section.slug)), ", ", make("a", { href: draw.lab(section, places), "aria-label": `lab ${bank.section(section.slug)}` }, "lab")));

  const facts = (some) => {
    const missed = unique(some.filter(({ right }) => !right).flatMap(({ question }) => question.proof.facts), ({ id }) => id);
    const items = missed.map(({ id, claim }) => make("li", {}, link(`${places.numbers}#${id}`, claim)));
    return missed.length ? make("details", { className: "qx-facts" }, make("summary", {}, count(missed.length, "fact")), make("ul", {}, ...items)) : "";
  };

  // -- Question by question ------------------------------------------------------------------------------------------------

  const verdict = ({ right, picked }) => (right ? "Correct" : picked.length ? "Wrong" : "Not answered");

  /** One question, folded; opened, it is as after an answer in practice. */
  const folded = (outcome, seed, place) => {
    const { question, picked, right, flagged } = outcome;
    const body = make("div", { className: "cq-live" });
    const fold = make("details", { className: `qx-fold qx-fold--${right ? "right" : "wrong"}` },
      make("summary", {}, make("span", { className: "qx-fold__verdict" }, verdict(outcome), flagged ? ", flagged" : ""), make("span", { className: "qx-fold__stem" }, `${place + 1}. ${draw.plain(question.stem.html)}`)), body);
    fold.addEventListener("toggle", () => {
      if (!fold.open || body.firstChild) return;
      const fields = draw.fields(question, { seed, heading: `Question ${place + 1}`, name: `qr-${question.id}` });
      draw.reveal(fields, question, picked, places);
      body.append(fields);
    });
    return fold;
  };

  const FILTERS = { all: "All", wrong: "Wrong", flagged: "Flagged" };

  const listing = (all, seed) => {
    const folds = all.map((outcome, place) => folded(outcome, seed, place));
    const shown = make("p", { className: "qp-found", role: "status" });
    const radios = Object.entries(FILTERS).map(([value, text]) =>
      make("label", { className: "qp-choice" }, make("input", { type: "radio", name: "shown", value, checked: value === "all" }), text));
    const form = make("form", { autocomplete: "off" }, make("fieldset", { className: "qp-only" }, make("legend", {}, "Show"), make("div", { className: "qp-choices" }, ...radios)));
    const filter = () => {
      const only = new FormData(form).get("shown");
      all.forEach(({ right, flagged }, n) => { folds[n].hidden = (only === "wrong" && right) || (only === "flagged" && !flagged); });
      shown.textContent = `${count(folds.filter((fold) => !fold.hidden).length, "question")}.`;
    };
    form.addEventListener("change", filter);
    filter();
    return [make("h3", {}, "Question by question"), form, shown, make("div", { className: "qx-folds" }, ...folds)];
  };

  // -- The whole -----------------------------------------------------------------------------------------------------------

  coldstart.report = (exam, { over = false } = {}) => {
    const all = outcomes(exam);
    const { right } = score(all);
    const open = all.filter(({ picked }) => !picked.length).length;
    const gone = exam.questions.length - all.length;
    const remarks = [over ? "The time was over." : "", open ? `${count(open, "question")} not answered.` : "",
      gone ? `${count(gone, "question")} of this exam ${gone === 1 ? "is" : "are"} no longer in the course and left out.` : ""].filter(Boolean);
    return [
      make("h2", { tabIndex: -1, className: "qx-title" }, `Report of ${day(exam.finished)}`),
      make("p", { className: "qx-score" }, make("strong", {}, `${percent(right, all.length)} %`), ` ${right} of ${all.length} correct`),
      make("p", { className: "qp-muted" }, `Worked ${asDuration(exam.used)} of ${asDuration(exam.minutes * 60)}. `, remarks.join(" ")),
      make("p", { className: "qx-noscore" }, NO_SCORE),
      byDomain(all), bySkill(all), ...listing(all, exam.seed),
    ];
  };

  coldstart.history = (exams) => {
    const rows = [...exams].sort((one, other) => (one.started < other.started ? 1 : -1)).map((exam) => [
      make("a", { href: `#report?exam=${encodeURIComponent(exam.started)}` }, day(exam.started, { hour: "2-digit", minute: "2-digit" })),
      result(outcomes(exam)), `${asDuration(exam.used)} of work`]);
    return rows.length ? [make("h2", {}, "Earlier exams"), table("The latest first; the percentage is of the questions the course still has", ["Begun", "Correct", "Time"], rows)] : [];
  };
})();
