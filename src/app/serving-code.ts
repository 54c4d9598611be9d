export type ServingCode = Awaited<ReturnType<typeof loadServingCode>>;

/** Loads what only serving needs, while the encoder loads its model in a thread of its own. */
export async function loadServingCode() {
  // One after the other: they share modules, and where modules are linked by `node:vm`, as in the tests, two imports at
  // once that link the same one fail with "is not in cache". Compiling them takes one thread anyway.
  const extproc = await import('../extproc/server.js');
  const live = await import('./live-policies.js');
  const flights = await import('../exchange/all-flights.js');
  const memory = await import('../adapters/memory/store.js');
  const admin = await import('./open-admin.js');
  const prometheus = await import('../adapters/prometheus/telemetry.js');
  const warnings = await import('../config/warnings.js');
  const dashboard = await import('./dashboard.js');
  const learningPages = await import('../admin/learning-pages.js');
  const recent = await import('../exchange/recent.js');
  const reloading = await import('./reload.js');
  const reloadPages = await import('../admin/reload-pages.js');
  return {
    ...extproc,
    ...live,
    ...flights,
    ...memory,
    ...admin,
    ...prometheus,
    ...warnings,
    ...learningPages,
    ...dashboard,
    ...recent,
    ...reloading,
    ...reloadPages,
  };
}
