(function (config) {
  "use strict";
  var script = document.currentScript;
  var root = (script && script.closest && script.closest(".cn-stepper")) || document.getElementById(config.id);
  if (!root || root.cnReady) return;
  root.cnReady = true;
  var live = root.querySelector(".cn-live"), svg = live.querySelector("svg"), last = config.say.length - 1;
  var pages = Array.prototype.map.call(svg.querySelectorAll("[data-f]"), function (g) {
    var range = g.getAttribute("data-f").split(" ");
    return { g: g, first: +range[0], last: +range[1] };
  });
  var letters = {};
  svg.querySelectorAll("[data-a]").forEach(function (p) { letters[p.id] = +p.getAttribute("data-a"); });

  // A text is set when it is first seen.
  function set(g) {
    var x = 0, s = g.getAttribute("data-s");
    g.textContent = "";
    Array.from(s).forEach(function (c) {
      var id = config.id + "-" + c.codePointAt(0).toString(16), use = document.createElementNS(svg.namespaceURI, "use");
      use.setAttribute("href", "#" + id);
      use.setAttribute("x", x);
      g.appendChild(use);
      x += letters[id];
    });
    g.cnSet = true;
  }
  function setAll(g) {
    g.querySelectorAll("[data-s]").forEach(function (t) { if (!t.cnSet && !hidden(t, g)) set(t); });
  }
  function hidden(t, top) {
    for (t = t.parentNode; t && t !== top; t = t.parentNode) if (t.getAttribute("display") === "none") return true;
    return false;
  }

  function make(tag, className, parent) {
    var e = document.createElement(tag);
    e.className = className;
    return parent.appendChild(e);
  }
  function button(word, act) {
    var b = make("button", "cn-" + word, bar);
    b.type = "button";
    b.textContent = config.words[word];
    b.addEventListener("click", act);
    return b;
  }
  root.querySelectorAll(".cn-bar,.cn-say").forEach(function (e) { e.remove(); });
  var bar = make("div", "cn-bar", root), timer = 0, at = 0;
  var calm = window.matchMedia("(prefers-reduced-motion: reduce)"); // then nothing plays
  var previous = button("previous", function () { stop(); show(at - 1); });
  var play = button("play", toggle);
  var next = button("next", function () { stop(); show(at + 1); });
  var slider = make("input", "cn-slider", bar);
  slider.type = "range";
  slider.min = 1;
  slider.max = last + 1;
  slider.step = 1;
  slider.setAttribute("aria-label", config.words.step);
  slider.addEventListener("input", function () { stop(); show(slider.value - 1); });
  var count = make("span", "cn-count", bar), say = make("div", "cn-say", root);
  say.setAttribute("role", "status");
  say.setAttribute("aria-live", "polite");

  function show(i) {
    at = Math.max(0, Math.min(last, i));
    pages.forEach(function (p) {
      if (p.first <= at && at <= p.last) p.g.removeAttribute("display");
      else p.g.setAttribute("display", "none");
    });
    setAll(svg);
    slider.value = at + 1;
    slider.setAttribute("aria-valuetext", config.words.step + " " + (at + 1) + ": " + config.say[at]);
    count.textContent = at + 1 + " / " + (last + 1);
    say.textContent = config.say[at];
    // A button that is about to be disabled must not lose the keyboard.
    if ((at === 0 && document.activeElement === previous) || (at === last && document.activeElement === next)) root.focus({ preventScroll: true });
    previous.disabled = at === 0;
    next.disabled = at === last;
  }
  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = config.words.play;
    say.setAttribute("aria-live", "polite");
  }
  function toggle() {
    if (timer) return stop();
    if (calm.matches) return show(at + 1);
    if (at === last) show(0);
    say.setAttribute("aria-live", "off");
    play.textContent = config.words.pause;
    timer = setInterval(function () {
      if (!root.isConnected || calm.matches) return stop();
      show(at + 1);
      if (at === last) stop();
    }, 900);
  }

  var keys = {
    ArrowLeft: function () { stop(); show(at - 1); },
    ArrowRight: function () { stop(); show(at + 1); },
    Home: function () { stop(); show(0); },
    End: function () { stop(); show(last); },
    " ": toggle
  };
  root.addEventListener("keydown", function (e) {
    var act = keys[e.key];
    if (!act || e.altKey || e.ctrlKey || e.metaKey || (e.key === " " && e.target.tagName === "BUTTON")) return;
    e.preventDefault();
    e.stopPropagation();
    act();
  });
  // JupyterLab's shortcuts of a single key, such as x for cutting the cell, rest
  // while the stepper has the keyboard; those with Ctrl, Cmd or Alt, and
  // Shift-Enter, go on working. JupyterLab looks at the attribute.
  function rest(e) {
    var theirs = e.ctrlKey || e.metaKey || e.altKey || (e.shiftKey && e.key === "Enter");
    root.toggleAttribute("data-lm-suppress-shortcuts", !theirs);
  }
  root.addEventListener("focusin", function () { window.addEventListener("keydown", rest, true); });
  root.addEventListener("focusout", function () { window.removeEventListener("keydown", rest, true); });
  svg.addEventListener("click", function () { root.focus({ preventScroll: true }); });

  root.tabIndex = 0;
  slider.title = config.words.keys + (calm.matches ? "" : config.words.space);
  root.setAttribute("aria-description", slider.title);
  root.classList.add("cn-on");
  root.querySelector(".cn-first").style.display = "none";
  live.style.display = "";
  show(0);
})
