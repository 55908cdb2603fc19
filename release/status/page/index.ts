/** How the status page is drawn: pure, and of nothing but the status itself. */
export { atomOf } from "./atom.ts";
export { pageOf, messageOf, type Message } from "./html.ts";
export { statusStyle } from "./style.ts";
export { component_names, headSentence, update_words } from "./words.ts";
export { worsened, type Sight } from "./worsen.ts";
