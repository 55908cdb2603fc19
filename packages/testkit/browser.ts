export * from "@mainstay/browser";
export { expectPicture } from "./pictures.ts";
