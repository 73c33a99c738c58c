// Hands the drawing to app.js, which is no module.

import { findingsSection } from "./findings.js";
import { keptNames, showLadder } from "./ladder.js";
import { fullText } from "./time.js";

window.callInspectorDrawing = {
  /** @param places {title, findings, ladder}: elements; @param details Crossbar's answer of a call */
  show(places, details) {
    const shown = showLadder(places.ladder, details, { names: keptNames() });
    const { model } = shown;
    places.title.textContent = `${fullText(model.begin).slice(0, 19)} UTC ${model.callId}`;
    places.findings.replaceChildren(findingsSection(model.findings, shown.go));
    return shown;
  },
};
