// Draws the charts of the language that is shown, those in view first, and switches languages.
(() => {
  "use strict";
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const options = { actions: false, ast: true, renderer: "svg", logLevel: 1, tooltip: { theme: "custom" } };
  const editions = [...document.querySelectorAll("main")];

  const draw = async (element) => {
    if (element.dataset.drawn || element.closest("[hidden]")) return;
    element.dataset.drawn = "begun";
    try {
      await vegaEmbed(element, charts[element.id], options);
      element.dataset.drawn = "done";
    } catch (error) {
      element.dataset.drawn = "failed";
      console.error(element.id, error);
    }
  };

  const inView = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  }, { rootMargin: "400px" });

  const later = window.requestIdleCallback || ((work) => setTimeout(work, 50));
  const drawRest = () => {
    const next = [...document.querySelectorAll("main:not([hidden]) .chart:not([data-drawn])")][0];
    if (next) draw(next).then(() => later(drawRest));
    else document.documentElement.dataset.drawn = document.documentElement.lang;
  };

  const show = (language) => {
    document.documentElement.lang = language;
    for (const edition of editions) edition.hidden = edition.lang !== language;
    for (const link of document.querySelectorAll(".languages a")) {
      link.toggleAttribute("aria-current", link.lang === language);
    }
    document.title = document.querySelector(`main[lang="${language}"] h1`).textContent;
    for (const table of document.querySelectorAll("main:not([hidden]) .wide")) {
      if (table.scrollWidth <= table.clientWidth) continue;
      table.tabIndex = 0; // so that it can be scrolled by keys
      table.setAttribute("role", "region");
      table.setAttribute("aria-label", table.querySelector("caption").textContent);
    }
    for (const chart of document.querySelectorAll(`main[lang="${language}"] .chart`)) inView.observe(chart);
    later(drawRest);
  };

  const wanted = () => {
    const [asked] = location.hash.slice(1).split("-");
    if (editions.some((edition) => edition.lang === asked)) return asked;
    return navigator.language.startsWith("ko") ? "ko" : "en";
  };

  const follow = () => {
    const language = wanted();
    if (document.documentElement.dataset.shown === language) return;
    document.documentElement.dataset.shown = language;
    show(language);
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
  addEventListener("hashchange", follow);
  follow();
})();
