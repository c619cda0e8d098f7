// Draws what <script type="application/json" data-chart> describes (haowu/web/charts.py) into the .plot before it.
// Colours are read from the page, so that a chart follows the theme.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, MarkAreaComponent, TooltipComponent, CanvasRenderer]);

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

function axes(chart, font) {
  const text = { color: color("ink-3"), fontSize: 12, fontFamily: font };
  return {
    grid: { left: 8, right: 16, top: 16, bottom: 4, containLabel: true },
    xAxis: {
      type: "category",
      data: chart.labels,
      boundaryGap: chart.series.some((each) => each.kind !== "line"),
      axisLabel: { ...text, hideOverlap: true },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: color("line-strong") } },
    },
    yAxis: {
      type: "value",
      axisLabel: { ...text, formatter: (value) => number.format(value) },
      splitLine: { lineStyle: { color: color("line") } },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: color("raised"),
      borderColor: color("line"),
      textStyle: { color: color("ink"), fontFamily: font, fontSize: 13 },
      valueFormatter: (value) => (value == null ? "–" : number.format(value)),
    },
  };
}

function line(each) {
  const before = each.role === "before";
  const ink = before ? color("ink-3") : color(each.color);
  return {
    type: "line",
    name: each.name,
    data: each.values,
    showSymbol: false,
    lineStyle: { color: ink, width: before ? 1.5 : 2, type: before ? [3, 4] : "solid" },
    itemStyle: { color: ink },
    areaStyle: before ? undefined : { color: ink, opacity: 0.07 },
  };
}

function bar(each) {
  return {
    type: "bar",
    name: each.name,
    stack: each.stack || undefined,
    data: each.values.map((value, place) => ({
      value,
      itemStyle: { color: color((each.colors && each.colors[place]) || each.color) },
    })),
    barMaxWidth: 40,
  };
}

// Each bar of a waterfall stands on where the one before ended.
function waterfall(each) {
  let level = 0;
  const floor = [];
  const height = [];
  each.values.forEach((value, place) => {
    const whole = each.totals.includes(place);
    const start = whole ? 0 : level;
    const end = whole ? value : level + value;
    floor.push(Math.min(start, end));
    height.push({
      value: Math.abs(end - start),
      itemStyle: { color: color(each.colors[place]) },
      label: { show: true, position: "top", color: color("ink"), fontSize: 12, formatter: each.says[place] },
    });
    level = end;
  });
  return [
    { type: "bar", stack: "fall", data: floor, itemStyle: { color: "transparent" }, silent: true, tooltip: { show: false } },
    { type: "bar", stack: "fall", name: each.name, data: height, barMaxWidth: 64 },
  ];
}

function draw(script) {
  const chart = JSON.parse(script.textContent);
  const place = script.previousElementSibling;
  const font = getComputedStyle(document.body).fontFamily;
  const drawn = echarts.getInstanceByDom(place) || echarts.init(place);
  const series = chart.series.flatMap((each) =>
    each.kind === "waterfall" ? waterfall(each) : each.kind === "bar" ? [bar(each)] : [line(each)],
  );
  if (chart.band) {
    series[0].markArea = {
      silent: true,
      itemStyle: { color: color("sunken"), opacity: 0.9 },
      label: { color: color("ink-2") },
      data: [[{ name: chart.band.name, xAxis: chart.band.from }, { xAxis: chart.band.to }]],
    };
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fall = chart.series.some((each) => each.kind === "waterfall");
  drawn.setOption({ ...axes(chart, font), ...(fall ? { tooltip: { show: false } } : {}), series, animation: !still }, true);
}

function drawAll() {
  for (const script of document.querySelectorAll("[data-chart]")) draw(script);
}
drawAll();
document.addEventListener("themechange", drawAll);
document.addEventListener("htmx:after:swap", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
addEventListener("resize", () => {
  for (const script of document.querySelectorAll("[data-chart]")) {
    const drawn = echarts.getInstanceByDom(script.previousElementSibling);
    if (drawn) drawn.resize();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.closest(".chart .seg")) dispatchEvent(new Event("resize"));
});
