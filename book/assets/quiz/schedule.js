/**
 * coldstart.schedule(entries of one question) -> {due, stability, difficulty}: when it is due again, by FSRS.
 *
 * The same as coldstart.quiz.schedule, which the tests compare it with: an answer counts for its calendar day in UTC, correct is Good, wrong is
 * Again, and the interval is the stability in days, which is what a retention of 0.9 means. Needs ts-fsrs.js before it.
 */
(() => {
  "use strict";

  const coldstart = (globalThis.coldstart ??= {});
  const { FSRSAlgorithm, default_w } = globalThis.tsfsrs;
  const GOOD = 3;
  const AGAIN = 1;
  const DAY = 24 * 60 * 60 * 1000;
  const fsrs = new FSRSAlgorithm({ w: default_w, request_retention: 0.9, enable_short_term: true, enable_fuzz: false, learning_steps: [], relearning_steps: [] });

  const dayOf = (moment) => Math.floor(Date.parse(moment) / DAY);
  const written = (day) => new Date(day * DAY).toISOString().slice(0, 10);

  coldstart.schedule = (entries) => {
    let memory = null;
    let before = null;
    for (const { at, correct } of [...entries].sort((one, other) => (one.at < other.at ? -1 : 1))) {
      memory = fsrs.next_state(memory, before === null ? 0 : dayOf(at) - before, correct ? GOOD : AGAIN);
      before = dayOf(at);
    }
    return memory && { due: written(before + fsrs.next_interval(memory.stability, 0)), ...memory };
  };

  /** The day on which each answered question is due ("2026-11-25"), by its id. */
  coldstart.dueDays = (log) => {
    const byQuestion = Map.groupBy(log, ({ question }) => question);
    return new Map([...byQuestion].map(([id, entries]) => [id, coldstart.schedule(entries).due]));
  };

  coldstart.today = () => new Date().toISOString().slice(0, 10);
})();
