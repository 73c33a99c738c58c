// What somebody does with the pages, and what they see.

import { callCases } from "./call_cases.mjs";
import { listCases } from "./list_cases.mjs";
import { senderCases } from "./sender_cases.mjs";
import { loginCases } from "./login_cases.mjs";
import { monsterCases } from "./monster_cases.mjs";
import { strangeCases } from "./strange_cases.mjs";
import { pictures } from "./pictures.mjs";

export const cases = {
  ...callCases,
  ...strangeCases,
  ...listCases,
  ...senderCases,
  ...loginCases,
  ...monsterCases,
  ...pictures,
};
