/** Bars with their spread, as an SVG that is readable on light and on dark pages. */
import { init, use, type ComposeOption } from 'echarts/core';
import { BarChart, CustomChart, type BarSeriesOption, type CustomSeriesOption } from 'echarts/charts';
import {
	GridComponent,
	LegendComponent,
	MarkLineComponent,
	TitleComponent,
	type GridComponentOption,
	type LegendComponentOption,
	type TitleComponentOption,
} from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

import { number } from './measure.mts';

use([BarChart, CustomChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer, TitleComponent]);

export interface Bar {
	name: string;
	value: number;
	low: number;
	high: number;
}

/** Colors by their use, on light and on dark pages. */
const COLORS: Record<string, [light: string, dark: string]> = {
	text: ['#1f2328', '#e6edf3'],
	faint: ['#d0d7de', '#2d333b'],
	bar0: ['#d9480f', '#ff7b54'],
	bar1: ['#8c959f', '#6e7681'],
	bar2: ['#0f7d66', '#3fb39d'],
};
const color = (name: string) => `var(--${name})`;
const properties = (theme: 0 | 1) =>
	Object.entries(COLORS)
		.map(([name, themes]) => `--${name}:${themes[theme]};`)
		.join('');
const STYLE = `<style>svg{${properties(0)}}@media (prefers-color-scheme:dark){svg{${properties(1)}}}</style>`;

const FONT = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const WIDTH = 900;
const ROW = 22;

type Option = ComposeOption<
	BarSeriesOption | CustomSeriesOption | GridComponentOption | LegendComponentOption | TitleComponentOption
>;

/** Draws the range of a bar and writes its value beside it, in the row that the bar has within its group. */
const spreadOf =
	(all: Bar[], index: number, count: number, digits: number): CustomSeriesOption['renderItem'] =>
	({ dataIndex }, { coord, size }) => {
		const { value, low, high } = all[dataIndex]!;
		const [left, middle] = coord([low, dataIndex]) as [number, number];
		const [right] = coord([high, dataIndex]) as [number, number];
		const [, height] = (size as (value: number[]) => number[])([0, 1]);
		// A fifth of the height is the gap between groups
		const row = (height! * 0.8) / count;
		const y = middle + (index - (count - 1) / 2) * row;
		const line = (x1: number, y1: number, x2: number, y2: number) => ({
			type: 'line' as const,
			shape: { x1, y1, x2, y2 },
			style: { stroke: color('text'), lineWidth: 1.5, fill: 'none' },
		});
		const text = {
			type: 'text' as const,
			style: {
				text: number(value, digits),
				x: right + 8,
				y,
				fill: color('text'),
				font: `13px ${FONT}`,
				verticalAlign: 'middle' as const,
			},
		};
		return {
			type: 'group',
			children: [line(left, y, right, y), line(left, y - 4, left, y + 4), line(right, y - 4, right, y + 4), text],
		};
	};

/**
 * @param groups their bars stand together; all have the same names in the same order
 * @param digits of the numbers beside the bars
 */
export function bars(title: string, groups: Array<{ label: string; bars: Bar[] }>, digits: number): string {
	const names = groups[0]?.bars.map(({ name }) => name) ?? [];
	const series = names.map((_, index) => groups.map((group) => group.bars[index]!));
	const option: Option = {
		animation: false,
		textStyle: { fontFamily: FONT, color: color('text') },
		title: { text: title, left: 8, top: 6, textStyle: { fontFamily: FONT, fontSize: 18, color: color('text') } },
		legend: {
			data: names,
			left: 8,
			top: 38,
			itemGap: 36,
			itemWidth: 16,
			textStyle: { fontSize: 14, color: color('text') },
		},
		grid: { left: 190, right: 60, top: 76, bottom: 30 },
		xAxis: {
			type: 'value',
			axisLabel: { fontSize: 12, color: color('text') },
			splitLine: { lineStyle: { color: color('faint') } },
		},
		yAxis: {
			type: 'category',
			inverse: true,
			data: groups.map(({ label }) => label),
			axisTick: { show: false },
			axisLine: { lineStyle: { color: color('faint') } },
			axisLabel: { fontSize: 14, color: color('text') },
		},
		series: series.flatMap((all, index): Array<BarSeriesOption | CustomSeriesOption> => [
			{
				type: 'bar',
				name: names[index]!,
				data: all.map(({ value }) => value),
				itemStyle: { color: color(`bar${index}`) },
				barCategoryGap: '20%',
				barGap: '0%',
				...(index === 0 && {
					markLine: {
						symbol: 'none',
						label: { show: false },
						lineStyle: { color: color('text'), type: 'dashed' },
						data: [{ xAxis: 1 }],
					},
				}),
			},
			{
				type: 'custom',
				data: all.map(({ high }) => high),
				renderItem: spreadOf(all, index, names.length, digits),
				z: 3,
			},
		]),
	};
	const height = 106 + groups.length * names.length * ROW * 1.25;
	const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
	chart.setOption(option);
	const svg = chart.renderToSVGString();
	chart.dispose();
	return `${svg
		// For pointers that hover over it, numbered by the charts that were drawn before
		.replaceAll(/ (?:class="zr\d+-cls-\d+"|pointer-events="visible"|ecmeta_\w+="[^"]*")/g, '') // cspell:disable-line: ECharts' word
		.replaceAll(/<path [^>]*fill-opacity="0"[^>]*><\/path>\n?/g, '')
		.replaceAll(/<style ?>[^]*?<\/style>\n?/g, '')
		.replace(/<rect [^>]*><\/rect>/, `${STYLE}\n<title>${title}</title>`)}\n`;
}
