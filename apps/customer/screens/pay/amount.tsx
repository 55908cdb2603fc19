export function AmountScreen() {
  return null;
}
