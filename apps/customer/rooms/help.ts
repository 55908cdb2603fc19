/** Help: what works, messages, writing to us: one file of the bundle. */
export { HelpScreen } from "../screens/help/help.tsx";
export { MessagesScreen } from "../screens/help/messages.tsx";
export { ThreadScreen } from "../screens/help/thread.tsx";
export { WriteScreen } from "../screens/help/write.tsx";
