export function ConfigPage() {
  return <p class="empty">…</p>;
}
