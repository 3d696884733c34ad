/**
 * coldstart.clock({used, minutes, tick}): the time of a mock exam.
 *
 * It counts the seconds that are worked: between two looks never more than PAUSE, never less than none. So a closed laptop costs nothing,
 * nor does a clock that is set forward, and one that is set back gives nothing.
 */
(() => {
  "use strict";

  const PAUSE = 5; // seconds: a longer silence was no work
  const WARNINGS = [30, 10, 5, 1]; // minutes left

  const two = (number) => String(number).padStart(2, "0");

  coldstart.clock = ({ used, minutes, tick }) => {
    const limit = minutes * 60;
    let last = Date.now();
    const look = () => {
      const now = Date.now();
      const before = limit - used;
      used += Math.min(Math.max(0, (now - last) / 1000), PAUSE);
      last = now;
      const left = limit - used;
      tick({ used: Math.min(used, limit), left: Math.max(0, left), warning: WARNINGS.find((mark) => before > mark * 60 && left <= mark * 60) ?? null });
    };
    const timer = setInterval(look, 1000);
    return { look, stop: () => clearInterval(timer) };
  };

  /** "1:23:45" */
  coldstart.asClock = (seconds) => {
    const whole = Math.ceil(seconds);
    return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  };

  /** "2 h 10 min", "45 min" */
  coldstart.asDuration = (seconds) => {
    const whole = Math.round(seconds / 60);
    return [whole >= 60 ? `${Math.floor(whole / 60)} h` : "", whole % 60 || whole < 60 ? `${whole % 60} min` : ""].filter(Boolean).join(" ");
  };
})();
