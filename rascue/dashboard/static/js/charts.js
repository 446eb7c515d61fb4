// Two kinds of charts on uPlot. Rows come ready from the server: null breaks a line, so a gap in the
// data is a gap in the picture (rascue/dashboard/history.py and session_files.py).

const CADENCE_ROOM_SPM = 6;
const ASYNCHRONY_MIN_MS = 100;

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis() {
  const line = { stroke: color("--line"), width: 1 };
  return { stroke: color("--muted"), font: "15px system-ui", grid: line, ticks: line };
}

function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function timeAxis() {
  return { ...axis(), values: (_, ticks) => ticks.map(clock), size: 34 };
}

// Vertical lines with a word, for remarks and blocks.
function marksPlugin(marks) {
  return {
    hooks: {
      draw: (u) => {
        const { ctx, bbox } = u;
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = color("--muted");
        ctx.font = `${13 * devicePixelRatio}px system-ui`;
        ctx.textAlign = "left";
        ctx.setLineDash([4, 4]);
        let free = bbox.left;
        for (const [t, text] of marks()) {
          if (t < u.scales.x.min || t > u.scales.x.max) continue;
          const x = u.valToPos(t, "x", true);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          // Words that would lie on the ones before are left out; the line stays.
          if (x < free) continue;
          const word = text.slice(0, 40);
          ctx.fillText(word, x + 6, bbox.top + 14 * devicePixelRatio);
          free = x + 12 + ctx.measureText(word).width;
        }
        ctx.restore();
      },
    },
  };
}

function withRoom(room) {
  return (_, low, high) => (low === null ? [80, 120] : [low - room, high + room]);
}

function aroundZero(_, low, high) {
  const reach = Math.max(ASYNCHRONY_MIN_MS, Math.abs(low ?? 0), Math.abs(high ?? 0));
  return [-reach, reach];
}

function make(element, series, scaleY, marks, xRange) {
  const size = () => ({ width: element.clientWidth, height: element.clientHeight });
  const chart = new uPlot(
    {
      ...size(),
      scales: { x: { time: false, range: xRange }, y: { range: scaleY } },
      axes: [timeAxis(), { ...axis(), size: 56 }],
      series: [{}, ...series],
      legend: { show: false },
      cursor: { show: false },
      plugins: [marksPlugin(marks)],
    },
    [[], ...series.map(() => [])],
    element,
  );
  new ResizeObserver(() => element.clientWidth && chart.setSize(size())).observe(element);
  return chart;
}

export function cadenceChart(element, { marks = () => [], xRange, withTarget = true } = {}) {
  const cadence = { stroke: color("--accent"), width: 3, points: { show: false }, spanGaps: false };
  const target = { stroke: color("--target"), width: 2, dash: [8, 6], points: { show: false } };
  const cue = { stroke: color("--cue"), width: 2, points: { show: false } };
  const series = withTarget ? [cadence, target, cue] : [cadence, cue];
  return make(element, series, withRoom(CADENCE_ROOM_SPM), marks, xRange);
}

export function asynchronyChart(element, { marks = () => [], xRange } = {}) {
  const stroke = color("--accent");
  const points = { show: true, size: 5, fill: stroke };
  return make(element, [{ stroke, width: 1, points }], aroundZero, marks, xRange);
}
