// Tasuki: small helps on top of pages that work without scripts.
"use strict";

// A form is sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
    button.setAttribute("aria-disabled", "true");
  }
  // Coming back with the browser's button must find a form that can be sent again.
  setTimeout(() => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[aria-disabled]")) {
      button.removeAttribute("aria-disabled");
    }
  }, 8000);
});

// <button data-copy="#id">: copies the text of an element and says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(source.textContent.trim());
    const word = button.textContent;
    button.textContent = "コピーしました";
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}

// <form data-at-once>: what was waited for is here, and nothing is left to be asked.
const goOn = () => document.querySelector("form[data-at-once]")?.requestSubmit();

// <div data-poll="/url" data-every="2000">: replaced by the fragment at the address until the
// fragment no longer asks for it. A header "Tasuki-Go" sends the page on (a card was read).
const poll = (box) => {
  const every = Number(box.dataset.every) || 2000;
  const again = async () => {
    try {
      const answer = await fetch(box.dataset.poll, { headers: { "Tasuki-Part": "1" } });
      const go = answer.headers.get("Tasuki-Go");
      if (go && go.startsWith("/") && !go.startsWith("//")) {
        location.assign(go);
        return;
      }
      if (answer.ok && answer.status !== 204) {
        const next = document.createElement("div");
        next.innerHTML = await answer.text();
        const part = next.firstElementChild;
        if (part) {
          box.replaceWith(part);
          if (part.dataset.poll) { poll(part); }
          goOn();
          return;
        }
      }
    } catch {
      // The line is away for a moment: the words on the page stay, the next try follows.
    }
    setTimeout(again, every);
  };
  setTimeout(again, every);
};
document.querySelectorAll("[data-poll]").forEach(poll);
goOn();

// <canvas data-sign="path">: a signature becomes SVG path data in the hidden field of that id.
for (const canvas of document.querySelectorAll("canvas[data-sign]")) {
  const field = document.getElementById(canvas.dataset.sign);
  const clear = document.querySelector("[data-sign-clear]");
  const pen = canvas.getContext("2d");
  const strokes = [];
  const size = () => {
    canvas.width = canvas.clientWidth;
    canvas.height = canvas.clientHeight;
    pen.lineWidth = 3;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    draw();
  };
  const draw = () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    for (const stroke of strokes) {
      pen.beginPath();
      stroke.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
  };
  const save = () => {
    field.value = strokes.map((stroke) =>
      stroke.map(([x, y], at) => `${at ? "L" : "M"}${x} ${y}`).join("")).join("");
  };
  let now = null;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    now = [[Math.round(event.offsetX), Math.round(event.offsetY)]];
    strokes.push(now);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!now) { return; }
    now.push([Math.round(event.offsetX), Math.round(event.offsetY)]);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => { now = null; save(); });
  }
  if (clear) {
    clear.hidden = false;
    clear.addEventListener("click", () => { strokes.length = 0; draw(); save(); });
  }
  // The pad is not there until a signature is chosen, and changes with the screen.
  new ResizeObserver(size).observe(canvas);
}

// <button data-print>: the browser's own print window.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A long menu at the foot of a narrow screen shows the item one is at.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
