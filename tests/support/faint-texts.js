/**
 * Run in a page: the texts that have less contrast to what is behind them than WCAG asks for at level AA, 4.5, or 3
 * for large ones. What lies on a picture is left out.
 */
(() => {
  const channels = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element === null) return [255, 255, 255];
    const colour = channels(getComputedStyle(element).backgroundColor);
    return (colour[3] ?? 1) > 0 ? colour : behind(element.parentElement);
  };
  const hasText = (element) =>
    [...element.childNodes].some(
      (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
    );
  return [...document.querySelectorAll('body *')]
    .filter((element) => hasText(element) && element.getClientRects().length > 0 && !element.closest('svg'))
    .flatMap((element) => {
      const { color, fontSize, fontWeight } = getComputedStyle(element);
      const [one, other] = [luminance(channels(color)), luminance(behind(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      const size = Number.parseFloat(fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
      const text = element.textContent?.trim().slice(0, 30);
      return contrast < (isLarge ? 3 : 4.5) ? [`${contrast.toFixed(2)} ${element.tagName} ${text}`] : [];
    });
})();
