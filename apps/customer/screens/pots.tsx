export function PotsScreen() {
  return null;
}
