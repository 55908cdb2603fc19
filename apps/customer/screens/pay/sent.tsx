export function SentScreen() {
  return null;
}
