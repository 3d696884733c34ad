/**
 * coldstart.progress: what a learner has answered, kept in this browser.
 *
 * The JSON is the terminal's and that of an export (coldstart.quiz.progress says what stands in it); FORMAT and SHAPE below are its rules.
 * read() gives the state, which callers leave as it is; change(edit) is the only way to alter it, and tells the window ("coldstart-progress").
 * over(read, change) does the same for a progress that is kept elsewhere, as a notebook's is.
 * What storage cannot take (denied, full, written by a newer version) lasts as long as the page, and `notice` says so in a sentence.
 *
 * Classic script, like all of these: browsers load no modules from file://. It is valid as part of a module too.
 */
(() => {
  "use strict";

  const coldstart = (globalThis.coldstart ??= {});
  if (coldstart.progress) return;

  const KEY = "coldstart-progress";
  const KEY_OF_VERSION_1 = "coldstart-quiz";
  const FORMAT = "coldstart-progress";
  const VERSION = 2;
  const PAGE_ONLY = "What you answer now lasts as long as this page; export it to keep it.";

  /** A text is no progress that this version reads; the message goes behind the name of the text. */
  class Refused extends Error {}
  class Newer extends Refused {}

  const empty = () => ({ format: FORMAT, version: VERSION, log: [], flags: [], attempts: {}, exam: null, exams: [] });

  // -- What a progress looks like: a shape is a test, a list of one shape, or a record of shapes --------------------------

  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const isText = (value) => typeof value === "string";
  const isTruth = (value) => typeof value === "boolean";
  const isAmount = (value) => Number.isFinite(value) && value >= 0;
  const isPositive = (value) => isAmount(value) && value > 0;
  const isPlace = (value) => Number.isInteger(value) && value >= 0;
  const isMoment = (value) => isText(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;
  const isMode = (value) => ["section", "practice", "review", "exam"].includes(value);
  const isTexts = (value) => Array.isArray(value) && value.every(isText);
  const isPicks = (value) => isRecord(value) && Object.values(value).every(isTexts);
  const isAttempts = (value) => isRecord(value) && Object.values(value).every(isRecord);

  const EXAM = {
    exam: isText, seed: Number.isInteger, started: isMoment, minutes: isPositive, used: isAmount, questions: [isText], answers: isPicks, flags: [isText],
  };
  const UNDER_WAY = { ...EXAM, at: isPlace };
  const SHAPE = {
    format: (value) => value === FORMAT,
    version: (value) => value === VERSION,
    log: [{ question: isText, at: isMoment, picked: [isText], correct: isTruth, mode: isMode }],
    flags: [isText],
    attempts: isAttempts,
    exam: (value) => value === null || fault(UNDER_WAY, value) === null,
    exams: [{ ...EXAM, finished: isMoment }],
  };

  const first = (items, find) => {
    for (const item of items) {
      const found = find(item);
      if (found !== null) return found;
    }
    return null;
  };

  /** The place of the first part that is not as the shape says; null where all is well. A key that nobody knows is a fault. */
  function fault(shape, value, place = "the whole") {
    if (typeof shape === "function") return shape(value) ? null : place;
    const within = (key) => (place === "the whole" ? `${key}` : `${place}.${key}`);
    if (Array.isArray(shape)) return Array.isArray(value) ? first(value.keys(), (n) => fault(shape[0], value[n], within(n))) : place;
    if (!isRecord(value)) return place;
    const keys = new Set([...Object.keys(shape), ...Object.keys(value)]);
    return first(keys, (key) => (Object.hasOwn(shape, key) ? fault(shape[key], value[key], within(key)) : within(key)));
  }

  /** The progress in a text. Throws Newer or Refused. */
  const parse = (text) => {
    let data;
    try {
      data = JSON.parse(text.replace(/^\ufeff/, ""));
    } catch {
      throw new Refused("is no whole JSON: it was cut off or is something else");
    }
    if (!isRecord(data) || data.format !== FORMAT) throw new Refused("is not progress in this course");
    if (Number.isInteger(data.version) && data.version > VERSION) throw new Newer(`was written by a newer version of the course (${data.version}; this one reads ${VERSION})`);
    const state = { ...empty(), ...data };
    if (isRecord(state.exam)) state.exam = { at: 0, ...state.exam };
    const place = fault(SHAPE, state);
    if (place !== null) throw new Refused(`is damaged: ${place} is not as it should be`);
    return state;
  };

  /** Version 1, which knew the last answer to each question only, as a text of this version; null if that is not what it is. */
  const migrated = (text) => {
    try {
      const { version, answers, attempts } = JSON.parse(text);
      if (version !== 1 || !isRecord(answers)) return null;
      const log = Object.entries(answers).map(([question, answer]) => ({ question, ...answer, mode: "section" })).filter((entry) => fault(SHAPE.log, [entry]) === null);
      const kept = Object.entries(isRecord(attempts) ? attempts : {}).filter(([, attempt]) => isRecord(attempt));
      return JSON.stringify({ ...empty(), log: log.sort(byTime), attempts: Object.fromEntries(kept) });
    } catch {
      return null;
    }
  };

  // -- Two of them together ------------------------------------------------------------------------------------------------

  const inOrder = (...keys) => (one, other) => first(keys, (key) => (one[key] < other[key] ? -1 : one[key] > other[key] ? 1 : null)) ?? 0;
  const byTime = inOrder("at", "question");

  const union = (mine, theirs, key) => [...new Map([...theirs, ...mine].map((item) => [key(item), item])).values()];
  const name = ({ exam, started }) => `${started} ${exam}`;

  /** Everything of both, once. What both have is mine; the exam under way is mine, else theirs, unless either has finished it. */
  const merged = (mine, theirs) => {
    const exams = union(mine.exams, theirs.exams, name).sort(inOrder("started", "exam"));
    const open = (exam) => exam && !exams.some((finished) => name(finished) === name(exam));
    return {
      ...empty(),
      log: union(mine.log, theirs.log, ({ at, question }) => `${at} ${question}`).sort(byTime),
      flags: [...new Set([...mine.flags, ...theirs.flags])],
      attempts: { ...theirs.attempts, ...mine.attempts },
      exam: [mine.exam, theirs.exam].find(open) ?? null,
      exams,
    };
  };

  // -- Storage -------------------------------------------------------------------------------------------------------------

  let known = { text: null, state: null }; // what storage held when it was last read
  let unkept = null; // the state, where storage cannot take it
  let closed = false; // storage holds something that must not be overwritten
  let notice = "";

  const keepHere = (state, sentence) => {
    notice = `${sentence} ${PAGE_ONLY}`;
    unkept = state;
    return state;
  };

  const stored = () => {
    const text = localStorage.getItem(KEY);
    if (text !== null) return text;
    const converted = migrated(localStorage.getItem(KEY_OF_VERSION_1) ?? "");
    if (converted === null) return null;
    try {
      localStorage.setItem(KEY, converted);
      localStorage.removeItem(KEY_OF_VERSION_1);
    } catch { /* no room for both: version 1 stays until there is */ }
    return converted;
  };

  const damaged = () => {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(`${KEY}.damaged-`)).sort();
    } catch {
      return [];
    }
  };

  /** Put a damaged text beside and begin anew; where there is no room for that, leave it where it is. */
  const setAside = (text) => {
    const taken = damaged();
    let n = 1;
    while (taken.includes(`${KEY}.damaged-${n}`)) n += 1;
    try {
      localStorage.setItem(`${KEY}.damaged-${n}`, text);
      localStorage.removeItem(KEY);
      notice = `The progress in this browser was damaged; it was put beside as ${KEY}.damaged-${n}, and a new one begins.`;
      return empty();
    } catch {
      closed = true;
      return keepHere(empty(), "The progress in this browser is damaged, and there is no room to put it beside.");
    }
  };

  const read = () => {
    if (unkept) return unkept;
    let text;
    try {
      text = stored();
    } catch {
      return keepHere(empty(), "This browser keeps no progress.");
    }
    if (text === null) return empty();
    if (text === known.text) return known.state;
    try {
      known = { text, state: parse(text) };
      return known.state;
    } catch (refusal) {
      if (!(refusal instanceof Newer)) return setAside(text);
      closed = true;
      return keepHere(empty(), `The progress in this browser ${refusal.message} and is left as it is.`);
    }
  };

  const write = (state) => {
    if (closed) {
      unkept = state;
      return;
    }
    try {
      // Another page may have gone on while this one could not store anything.
      const text = unkept && localStorage.getItem(KEY);
      const whole = text ? merged(state, parse(text)) : state;
      const fresh = JSON.stringify(whole);
      localStorage.setItem(KEY, fresh);
      if (unkept) notice = "";
      unkept = null;
      known = { text: fresh, state: whole };
    } catch {
      keepHere(state, "This browser has no room for your progress or does not let us keep it.");
    }
  };

  const tell = () => globalThis.dispatchEvent?.(new Event("coldstart-progress"));

  const change = (edit) => {
    const state = structuredClone(read());
    edit(state);
    write(state);
    tell();
  };

  /** Add answers to the log of a state, which stays in the order of time, also where a clock was set back. */
  const enter = (state, answers) => { state.log = [...state.log, ...answers].sort(byTime); };

  /** What can be done with a progress wherever it is kept: `read` and `change` are as told above. */
  const over = (read, change) => ({
    read,
    change,
    record: (...answers) => change((state) => enter(state, answers)),
    isFlagged: (id) => read().flags.includes(id),
    flag: (id, on) => change((state) => { state.flags = [...state.flags.filter((other) => other !== id), ...(on ? [id] : [])]; }),
    /** The last answer to each question, by its id; of one mode, or of all. */
    last: (mode = null) => new Map(read().log.filter((entry) => !mode || entry.mode === mode).map((entry) => [entry.question, entry])),
    notice: "",
  });

  // -- In and out ----------------------------------------------------------------------------------------------------------

  const text = () => `${JSON.stringify(read(), null, 1)}\n`;

  /** Merge a text into the state; says how much came in. Throws Refused, and then nothing has changed. */
  const take = (incoming) => {
    const theirs = parse(incoming);
    const before = read();
    change((state) => { Object.assign(state, merged(state, theirs)); });
    const after = read();
    return { answers: after.log.length - before.log.length, flags: after.flags.length - before.flags.length, exams: after.exams.length - before.exams.length };
  };

  const erase = () => {
    known = { text: null, state: null };
    unkept = null;
    notice = "";
    closed = false;
    try {
      for (const key of [KEY, KEY_OF_VERSION_1, ...damaged()]) localStorage.removeItem(key);
    } catch { /* nothing is kept there */ }
    tell();
  };

  coldstart.progress = {
    ...over(read, change), over, enter, parse, merged, text, take, erase, damaged, Refused,
    get notice() { read(); return notice; },
  };
})();
