export function OpenAccountScreen() {
  return null;
}
