export function PlaygroundPage() {
  return <p class="empty">…</p>;
}
