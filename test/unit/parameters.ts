import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';

type Values = INodeParameters;

/** What a value is checked with: the node, its description, and all its parameters with their defaults. */
interface Context {
	node: INode;
	description: INodeTypeDescription;
	root: Values;
}

const ASSIGNABLE = ['string', 'number', 'boolean', 'array', 'object', 'binary'];
const JS_TYPES: Partial<Record<INodeProperties['type'], string[]>> = {
	boolean: ['boolean'],
	number: ['number'],
	string: ['string'],
	dateTime: ['string'],
	color: ['string'],
};

const isObject = (value: unknown): value is Values =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');
const show = (value: unknown) => JSON.stringify(value);

/** An option's parts are options to choose, fields of a collection, or groups of fields; n8n tells them by the field's type. */
const optionsOf = <Option>({ options }: INodeProperties) => (options ?? []) as Option[];

function withDefaults(properties: INodeProperties[], values: Values): Values {
	const missing = properties.filter(({ name }) => values[name] === undefined);
	return { ...Object.fromEntries(missing.map((property) => [property.name, property.default as Values])), ...values };
}

/** What is wrong with a group of values, each of which must belong to a field that the editor shows. */
function checkFields(context: Context, fields: INodeProperties[], values: Values, path: string): string[] {
	const { node, description, root } = context;
	const isRoot = path === '';
	const complete = isRoot ? root : withDefaults(fields, values);
	return Object.entries(values).flatMap(([name, value]) => {
		const at = isRoot ? name : `${path}.${name}`;
		const shown = fields.filter(
			(field) => field.name === name && NodeHelpers.displayParameter(complete, field, node, description, root),
		);
		if (shown.length === 0) {
			const isKnown = fields.some((field) => field.name === name);
			return [`${at} is ${isKnown ? 'not shown with these other parameters' : 'no parameter'}`];
		}
		// Fields of one name that are shown at once are the same field; one of them has to take the value
		const problems = shown.map((field) => checkValue(context, field, value, at));
		return problems.find((found) => found.length === 0) ?? problems[0] ?? [];
	});
}

function checkChoice(field: INodeProperties, value: unknown, path: string): string[] {
	if (field.typeOptions?.loadOptionsMethod ?? field.typeOptions?.loadOptions) return [];
	const known = optionsOf<INodePropertyOptions>(field).map((option) => option.value);
	return known.includes(value as string)
		? []
		: [`${path} cannot be ${show(value)}, only ${known.map(show).join(', ')}`];
}

function checkLocator({ modes = [] }: INodeProperties, value: unknown, path: string): string[] {
	if (!isObject(value) || value.__rl !== true) return [`${path} is no resource locator: ${show(value)}`];
	const known = modes.map(({ name }) => name);
	if (!known.includes(String(value.mode))) return [`${path} has no mode ${show(value.mode)}, only ${known.join(', ')}`];
	return 'value' in value ? [] : [`${path} has no value`];
}

function checkGroups(context: Context, field: INodeProperties, value: Values, path: string): string[] {
	return Object.entries(value).flatMap(([name, given]) => {
		const at = `${path}.${name}`;
		const group = optionsOf<INodePropertyCollection>(field).find((option) => option.name === name);
		if (!group) return [`${at} is no group of fields`];
		const isList = field.typeOptions?.multipleValues === true;
		if (isList !== Array.isArray(given)) return [`${at} must be ${isList ? 'a list' : 'one group'}`];
		const rows = (isList ? given : [given]) as Values[];
		return rows.flatMap((row, index) => checkFields(context, group.values, row, isList ? `${at}[${index}]` : at));
	});
}

function checkAssignments(value: unknown, path: string): string[] {
	const { assignments } = (isObject(value) ? value : {}) as { assignments?: Array<Record<string, unknown>> };
	if (!Array.isArray(assignments)) return [`${path} has no list of assignments`];
	return assignments.flatMap(({ name, type, value: given }) => {
		if (!ASSIGNABLE.includes(String(type))) return [`${path}: ${String(name)} has the unknown type ${show(type)}`];
		const isText = typeof given === 'string';
		const fits =
			isExpression(given) || ['array', 'object', 'binary'].includes(String(type)) ? isText : typeof given === type;
		return fits ? [] : [`${path}: ${String(name)} is no ${String(type)}: ${show(given)}`];
	});
}

function checkValue(context: Context, field: INodeProperties, value: unknown, path: string): string[] {
	const { type, typeOptions } = field;
	if (isExpression(value)) return field.noDataExpression ? [`${path} takes no expression`] : [];
	if (type === 'options') return checkChoice(field, value, path);
	if (type === 'multiOptions')
		return Array.isArray(value)
			? value.flatMap((entry) => checkChoice(field, entry, path))
			: [`${path} is no list: ${show(value)}`];
	if (type === 'collection')
		return isObject(value)
			? checkFields(context, optionsOf<INodeProperties>(field), value, path)
			: [`${path} is no collection: ${show(value)}`];
	if (type === 'fixedCollection')
		return isObject(value) ? checkGroups(context, field, value, path) : [`${path} is no collection: ${show(value)}`];
	if (type === 'resourceLocator') return checkLocator(field, value, path);
	if (type === 'assignmentCollection') return checkAssignments(value, path);
	const expected = JS_TYPES[type];
	const entries = typeOptions?.multipleValues && Array.isArray(value) ? value : [value];
	return expected && !entries.every((entry) => expected.includes(typeof entry))
		? [`${path} is no ${type}: ${show(value)}`]
		: [];
}

/**
 * What is wrong with the parameters of a node, in sentences: parameters that do not exist or are not shown beside the others,
 * options that do not exist, values of another type, and required ones that are empty. Credentials are not its business.
 */
export function parameterProblems(node: INode, description: INodeTypeDescription): string[] {
	const { properties } = description;
	const root = NodeHelpers.getNodeParameters(properties, node.parameters, true, false, node, description) ?? {};
	const issues = NodeHelpers.getNodeParametersIssues(properties, node, description)?.parameters ?? {};
	return [
		...checkFields({ node, description, root }, properties, node.parameters, ''),
		...Object.values(issues).flat(),
	];
}
