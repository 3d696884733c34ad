/**
 * coldstart.sheet(questions, go): the answer sheet, a button for every question; one of them is in the order of Tab, arrows lead to the others.
 *
 * update(state) draws it anew: state(question, place) -> {open, begun, flagged, current}.
 */
(() => {
  "use strict";

  const { make, button } = coldstart.question;

  const words = ({ open, begun, flagged, current }) =>
    [current && "shown", open ? (begun ? "not completely answered" : "not answered") : "answered", flagged && "flagged"].filter(Boolean).join(", ");

  coldstart.sheet = (questions, go) => {
    const buttons = questions.map((_, place) => button(`${place + 1}`, () => go(place), { className: "qx-cell" }));
    const count = make("p", { className: "qx-sheet__count" });
    const grid = make("div", { className: "qx-cells", role: "toolbar", "aria-label": "Questions; arrow keys move" }, ...buttons);
    const node = make("section", { className: "qx-sheet", "aria-label": "Answer sheet" }, count, grid,
      make("p", { className: "qx-legend", "aria-hidden": "true" }, make("span", { className: "qx-key qx-key--answered" }, "answered"), make("span", { className: "qx-key qx-key--begun" }, "not completely"), make("span", { className: "qx-key qx-key--flagged" }, "flagged")));

    const reach = (place) => {
      for (const other of buttons) other.tabIndex = -1;
      buttons[place].tabIndex = 0;
    };

    grid.addEventListener("keydown", (event) => {
      const here = buttons.indexOf(document.activeElement);
      const columns = buttons.filter((other) => other.offsetTop === buttons[0].offsetTop).length;
      const there = { ArrowLeft: here - 1, ArrowRight: here + 1, ArrowUp: here - columns, ArrowDown: here + columns, Home: 0, End: buttons.length - 1 }[event.key];
      if (there === undefined || !buttons[there]) return;
      event.preventDefault();
      reach(there);
      buttons[there].focus();
    });

    const update = (state) => {
      const states = questions.map(state);
      buttons.forEach((node, place) => {
        const { open, begun, flagged, current } = states[place];
        node.className = ["qx-cell", !open && "qx-cell--answered", open && begun && "qx-cell--begun", flagged && "qx-cell--flagged"].filter(Boolean).join(" ");
        node.setAttribute("aria-label", `Question ${place + 1}, ${words(states[place])}`);
        if (current) node.setAttribute("aria-current", "true");
        else node.removeAttribute("aria-current");
      });
      count.textContent = `${states.filter(({ open }) => !open).length} of ${questions.length} answered`;
      reach(states.findIndex(({ current }) => current));
    };

    return { node, update };
  };
})();
