// Logs in, and goes to the page that asked for it.

import { change } from "./api.js";
import { placeOf } from "./place.js";

const form = document.getElementById("login");
const name = document.getElementById("name");
const password = document.getElementById("password");
const problem = document.getElementById("problem");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const secret = password.value.trim();
  const body = name.value ? { name: name.value, password: password.value } : { token: secret };
  try {
    await change("POST", "/api/session", body);
    location.replace(placeOf(new URLSearchParams(location.search).get("next"), location.origin));
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    password.select();
  }
});

name.focus();
