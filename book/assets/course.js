/* Offer to open a lab's notebook where `make learn` runs JupyterLab. */
for (const link of document.querySelectorAll("a[data-lab]")) {
  const lab = globalThis.coldstart?.lab;
  if (!lab) continue;
  const address = new URL(lab);
  address.pathname = `${address.pathname.replace(/\/$/, "")}/tree/${link.dataset.lab}`;
  link.href = address;
  link.hidden = false;
}

/* The theme makes these after the page has loaded; name each landmark, and let the keyboard scroll what is wider or higher than its place. */
const mend = () => {
  document.querySelectorAll("nav.md-code__nav").forEach((nav, n) => {
    nav.ariaLabel = `Code block ${n + 1}`;
  });
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])").forEach(box => {
    if (box.scrollWidth > box.clientWidth) Object.assign(box, {tabIndex: 0, role: "group", ariaLabel: "Table"});
  });
  document.querySelectorAll(".output pre > code:not([tabindex])").forEach(box => { // the theme looks at the width alone
    if (box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  });
};
new MutationObserver(mend).observe(document.body, {childList: true, subtree: true});
addEventListener("resize", mend);
mend();
