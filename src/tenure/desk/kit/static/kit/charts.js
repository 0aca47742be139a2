// Draws every chart on the page from its JSON; the server has already worded each value in the reader's language.
"use strict";

(() => {
  const INK = "#44536b", LINE = "#e1e6ed";
  const TONES = {
    accent: "#0b5cad", gold: "#c2912e", good: "#2e8b57", bad: "#b3261e", quiet: "#9aa7b8",
    "tier-basic": "#c3ccd8", "tier-gold": "#e0b84c", "tier-platinum": "#8fa2b8", "tier-diamond": "#4ba3ba", "tier-private": "#1b2c4c",
  };
  const ORDER = ["#0b5cad", "#c2912e", "#2e8b57", "#8a5fb0", "#b3261e", "#5f6d83"];
  const font = getComputedStyle(document.body).fontFamily;

  const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

  function tick(spec, value) {
    if (spec.share) return `${+(value * 100).toFixed(1)}%`;
    const scaled = value / spec.scale;
    const text = Math.abs(scaled) >= 1000 ? scaled.toLocaleString("en") : String(+scaled.toPrecision(4));
    return spec.word ? `${text} ${spec.word}` : text;
  }

  function option(spec) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const bars = spec.kind === "bars" || spec.kind === "stacked";
    const lorenz = spec.kind === "lorenz";
    return {
      animation: !still, animationDuration: 300,
      textStyle: { fontFamily: font, color: INK },
      color: ORDER,
      grid: { left: 8, right: 16, top: spec.series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
      legend: spec.series.length > 1 ? { top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: INK, fontSize: 12 }, selected: Object.fromEntries(spec.series.map((one) => [one.name, !one.hidden])) } : undefined,
      tooltip: {
        trigger: "axis", confine: true, borderColor: LINE, textStyle: { color: "#16253d", fontSize: 12.5, fontFamily: font },
        axisPointer: { type: bars ? "shadow" : "line" },
        formatter: (points) => `<b>${escaped(points[0].axisValueLabel)}</b>` + points
          .map((point) => `<br>${point.marker}${escaped(point.seriesName)}&nbsp;&nbsp;<b>${escaped(spec.series[point.seriesIndex].texts[point.dataIndex])}</b>`).join(""),
      },
      xAxis: {
        type: "category", data: spec.categories, boundaryGap: bars,
        axisLine: { lineStyle: { color: "#c9d1dc" } }, axisTick: { show: false },
        axisLabel: { color: INK, fontSize: 11.5, hideOverlap: true },
      },
      yAxis: {
        type: "value", scale: spec.kind === "line" || spec.kind === "area", splitNumber: 4,
        max: lorenz ? 1 : undefined, interval: lorenz ? 0.2 : undefined,
        axisLabel: { color: INK, fontSize: 11.5, formatter: (value) => tick(spec, value) },
        splitLine: { lineStyle: { color: LINE } },
      },
      series: spec.series.map((one, place) => {
        const tone = TONES[one.tone] || ORDER[place % ORDER.length];
        return {
          name: one.name, type: bars ? "bar" : "line", data: one.values, stack: spec.kind === "stacked" ? "all" : undefined,
          itemStyle: { color: tone }, barMaxWidth: 26,
          lineStyle: { width: one.tone === "quiet" ? 1.2 : 2, color: tone, type: one.tone === "quiet" ? "dashed" : "solid" },
          areaStyle: (spec.kind === "area" && place === 0) || (lorenz && place === 0) ? { color: tone, opacity: .1 } : undefined,
          symbol: "circle", symbolSize: 5, showSymbol: spec.categories.length < 2,
        };
      }),
    };
  }

  function draw(box) {
    const data = document.getElementById(box.dataset.chart);
    if (!data || box.dataset.drawn) return;
    box.dataset.drawn = "1";
    const chart = echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option(JSON.parse(data.textContent)));
    new ResizeObserver(() => chart.resize()).observe(box);
    window.addEventListener("beforeprint", () => chart.resize());
  }

  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);
})();
