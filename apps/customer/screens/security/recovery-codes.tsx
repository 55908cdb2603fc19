export function RecoveryCodesScreen() {
  return null;
}
