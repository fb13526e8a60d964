// Where the connection stands: a word at the top, and, when there is trouble, what happens next.

const kWord = { connecting: "Connecting", connected: "Connected", reconnecting: "Reconnecting" };

export function make_status({ state: pill, trouble, trouble_text, retry }, on_retry) {
  let current = { state: "connecting", retry_at: null, reason: "" };
  let ticking = null;
  retry.addEventListener("click", on_retry);

  function draw() {
    const { state, retry_at, reason } = current;
    if (pill.dataset.state !== state) {
      pill.dataset.state = state;
      pill.textContent = kWord[state]; // announced once; the seconds below are for the eye only
    }
    trouble.hidden = state !== "reconnecting";
    if (trouble.hidden) return;
    const seconds = Math.ceil(((retry_at ?? 0) - Date.now()) / 1000);
    trouble_text.textContent = `${reason} ${seconds > 0 ? `Next try in ${seconds} s.` : "Trying now."}`;
  }

  return (next) => {
    current = next;
    clearInterval(ticking);
    if (next.state === "reconnecting") ticking = setInterval(draw, 250);
    draw();
  };
}
