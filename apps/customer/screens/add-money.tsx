export function AddMoneyScreen() {
  return null;
}
