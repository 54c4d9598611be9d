export function CachePage() {
  return <p class="empty">…</p>;
}
