/**
 * coldstart.draw(exam, questions, seed) -> {ids, wanted, missing}: which questions a mock exam asks.
 *
 * As coldstart.quiz.selection: so many of each domain (that of a question's first skill), spread over the sections, by chance that can be
 * repeated. Where a domain has too few, the others fill up, and `missing` says how many it lacks.
 */
(() => {
  "use strict";

  const { shuffled } = coldstart.question;

  const domain = (question) => question.skills[0].split(".")[0];

  /** Share out a number of questions by the method of the largest remainder: domain to number. */
  const quotas = ({ domains, questions }) => {
    const shares = domains.map(({ id, percent }) => ({ id, whole: Math.floor((percent * questions) / 100), rest: (percent * questions) % 100 }));
    const left = questions - shares.reduce((sum, { whole }) => sum + whole, 0);
    const first = [...shares].sort((one, other) => other.rest - one.rest || (one.id < other.id ? -1 : 1)).slice(0, left);
    return new Map(shares.map((share) => [share.id, share.whole + (first.includes(share) ? 1 : 0)]));
  };

  /** Order by chance so that every section comes once before one comes twice. */
  const spread = (questions, seed) => {
    const piles = shuffled([...Map.groupBy(questions, ({ section }) => section.slug).values()], seed).map((pile, n) => shuffled(pile, `${seed}/${n}`));
    const rounds = Math.max(0, ...piles.map((pile) => pile.length));
    return Array.from({ length: rounds }, (_, round) => piles.map((pile) => pile[round]).filter(Boolean)).flat();
  };

  coldstart.draw = (exam, questions, seed) => {
    const wanted = quotas(exam);
    const chosen = [];
    const spare = [];
    const missing = new Map();
    for (const [id, most] of wanted) {
      const pool = spread(questions.filter((question) => domain(question) === id), `${seed}/${id}`);
      chosen.push(...pool.slice(0, most));
      spare.push(...pool.slice(most));
      if (pool.length < most) missing.set(id, most - pool.length);
    }
    const gap = [...missing.values()].reduce((sum, lack) => sum + lack, 0);
    const all = [...chosen, ...spread(spare, `${seed}/spare`).slice(0, gap)];
    return { ids: shuffled(all, `${seed}/order`).map(({ id }) => id), wanted, missing };
  };

  coldstart.domain = domain;
})();
