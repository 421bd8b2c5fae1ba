import {
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { readPolicy, type AccessPolicy } from './access/policy';
import { getProducts } from './api/search';
import { parse, type Envelope } from './trigger/delivery';
import { triggerFields } from './trigger/fields';
import { checkExpressions, passes, readEvents, readFilters, type EventFilters, type Param } from './trigger/filters';
import { hottokOf, withoutHottok } from './trigger/hottok';
import { deliveryKeyOf, itemOf, readItem, shown, type HotmartItem } from './trigger/item';
import { withoutOutdated } from './trigger/outdated';
import { ALL_EVENTS, countOutputs, OUTPUTS_EXPRESSION, route, type Routing } from './trigger/outputs';
import { offerCodesOf } from './trigger/purchase';
import { isRepeated, type RepeatOptions } from './trigger/repetition';
import { findSubscriber } from './trigger/subscriber';
import { Reader } from './vocabulary/reader';
import { markDelivery, readRememberedEvents } from '../shared/memory';
import { answer, refuseStranger } from '../shared/webhook';

const MENU = '<b>Tools > Webhook (API and notifications) > Register Webhook</b>';

export class HotmartTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hotmart Trigger',
		name: 'hotmartTrigger',
		icon: { light: 'file:hotmart.svg', dark: 'file:hotmart.dark.svg' },
		group: ['trigger'],
		// Version 1 of any trigger makes n8n 2.4x evaluate one expression more for every request (measured).
		version: 2,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].length + ($parameter["events"].length === 1 ? " event" : " events") }}',
		description:
			'Starts the workflow when something happens in Hotmart, such as a purchase, a cancellation or a refund',
		eventTriggerDescription:
			'Waiting for Hotmart. Paste the Test URL into a webhook of Hotmart and press its test button, or buy something.',
		activationMessage: 'Events of Hotmart start this workflow as soon as its Production URL is registered in Hotmart.',
		triggerPanel: {
			header: 'Receive events from Hotmart',
			executionsHelp: {
				inactive: `<b>To try it</b>, click the button above: n8n then listens at the Test URL for two minutes. Register the Test URL in Hotmart under ${MENU} with version <b>2.0.0</b> and press the test button there.<br><br><b>Once the workflow is published</b>, it starts by itself for every event that Hotmart sends to the Production URL. Register that URL in the same place.`,
				active: `<b>To try it</b>, click the button above and send an event to the Test URL.<br><br><b>The workflow is published</b>: every event that Hotmart sends to the Production URL starts it. See <b>Executions</b>.`,
			},
			activationHint: 'Publish the workflow (Activate in n8n 1), then register its Production URL in Hotmart.',
		},
		defaults: { name: 'Hotmart Trigger' },
		inputs: [],
		outputs: OUTPUTS_EXPRESSION,
		credentials: [
			{
				name: 'hotmartWebhookApi',
				displayName: 'Hotmart Webhook Credential',
				required: true,
				testedBy: 'hottokTest',
			},
			{
				name: 'hotmartApi',
				displayName: 'Hotmart API Credential (optional: lists your products)',
				required: false,
				// Always true. Without it the editor of n8n 1 opens the dialog of the first credential for this one as well.
				displayOptions: { show: { '@version': [2] } },
			},
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: 'ok',
				path: 'webhook',
			},
		],
		properties: triggerFields,
	};

	methods = {
		loadOptions: {
			getProducts,
		},
		credentialTest: {
			/** Checks the form of a hottok. Only an event of Hotmart shows whether it is the right one. */
			async hottokTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const hottok = String(credential.data?.webhookToken ?? '').trim();
				if (hottok === '') return { status: 'Error', message: 'Enter the hottok: without it every event is refused' };
				if (/\s/.test(hottok))
					return {
						status: 'Error',
						message: 'The hottok contains a space or a line break. Copy it again from Hotmart',
					};
				return { status: 'OK', message: 'The hottok is filled in. Press the test button in Hotmart to see it work.' };
			},
		},
	};

	/**
	 * Hotmart has no API to register a webhook (Hotmart §5.1), so nothing is created there. What can be checked when the workflow is
	 * published, or begins to listen, is that it can work: there is a hottok, and the filters can match something.
	 */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				try {
					readSettings(this.getNode(), (name, fallback) => this.getNodeParameter(name, fallback));
				} catch (error) {
					throw new NodeOperationError(this.getNode(), error as Error);
				}
				return (await readHottoks(this)).length > 0;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				throw new NodeOperationError(this.getNode(), 'The Hotmart Webhook API credential has no hottok', {
					description:
						'Open the credential of the Hotmart Trigger and enter the hottok. In Hotmart it is under Tools > Webhook (API and notifications) > Authentication.',
				});
			},
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const body: unknown = this.getBodyData();
		const hottok = hottokOf(this.getHeaderData() as IDataObject, body);
		const refused = await refuseStranger(this, hottok, {
			trigger: 'Hotmart Trigger',
			credential: { type: 'hotmartWebhookApi', name: 'Hotmart Webhook' },
			secret: 'hottok',
			whenNone: 'no hottok',
			whenWrong: 'The hottok is missing or wrong',
			read: async () => await readHottoks(this),
		});
		if (refused) return refused;
		const clean = withoutHottok(body, hottok!);
		const envelope = parse(clean);
		if (!envelope) return answer(this, 400, 'This is not a Hotmart event: it has no event name with data');

		let settings: Settings;
		try {
			if (isOfOthers(envelope, this.getNode())) return answer(this, 200, `Ignored: ${NOT_CHOSEN}`);
			settings = readSettings(
				this.getNode(),
				(name, fallback) => this.getNodeParameter(name, fallback),
				(expression) => this.evaluateExpression(expression),
			);
		} catch {
			// The execution meets the same error and shows it; Hotmart may send the event again.
			answer(this, 503, 'A setting of the Hotmart Trigger cannot be read. See the executions of the workflow');
			return {
				noWebhookResponse: true,
				workflowData: [[entryOf(clean as IDataObject, { isRaw: true, isUnread: true, key: deliveryKeyOf(envelope) })]],
			};
		}
		const item = readItem(envelope, settings.policy);
		const refusal = refusalOf(envelope, item, settings, this.getMode() === 'manual');
		// Hotmart switches off a webhook whose URL answers with errors, so an unwanted event gets a success, too.
		if (refusal !== null) return answer(this, 200, `Ignored: ${refusal}`);
		const isRaw = !settings.isSimple || settings.options.lookUpSubscriber === true;
		return {
			workflowData: [[entryOf(isRaw ? (clean as IDataObject) : { ...item }, { isRaw, key: deliveryKeyOf(envelope) })]],
		};
	}

	/**
	 * Runs within the execution that `webhook` has started. Only there n8n remembers what was seen before; and it hands on what
	 * `webhook` puts on a second output only in workflows of the newer execution order, so the outputs are chosen here, too.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const settings = readSettings(
			this.getNode(),
			(name, fallback) => this.getNodeParameter(name, 0, fallback),
			(expression) => this.evaluateExpression(expression, 0),
		);
		const { events, isSimple } = settings;
		const routing = this.getNodeParameter('routing', 0, 'single') as Routing;
		const isManual = this.getMode() === 'manual';
		const options: Options = { ...settings.options, isRetry: this.getMode() === 'retry' };
		const outputs: INodeExecutionData[][] = Array.from({ length: countOutputs({ routing, events }) }, () => []);
		for (const { delivery, isRaw, isUnread, key, ...entry } of this.getInputData()) {
			const item = isRaw ? await readBody(this, entry.json, settings) : itemOf(entry.json);
			const isRefused = Boolean(isUnread) && refusalOf(parse(entry.json)!, item, settings, isManual) !== null;
			const received = { item, delivery: textOf(delivery) ?? null, key: textOf(key) };
			if (isRefused || (!isManual && (await isRepeated(this, received, options)))) continue;
			const current = options.skipOutdated && !isManual ? withoutOutdated(this, item) : item;
			if (current === null) continue;
			const json = isSimple ? shown(current, options.includeExtra) : entry.json;
			outputs[route(current, { routing, events })]!.push({ ...entry, json });
		}
		return outputs;
	}
}

interface Options extends RepeatOptions {
	acceptTestEvents?: boolean;
	skipOutdated?: boolean;
	includeExtra?: boolean;
	lookUpSubscriber?: boolean;
}

interface Settings {
	events: string[];
	isSimple: boolean;
	policy: AccessPolicy;
	filters: EventFilters;
	options: Options;
}

/** @throws UserError, or n8n's error of an expression, when one of the settings cannot be read */
function readSettings({ parameters }: INode, param: Param, evaluate?: (expression: string) => unknown): Settings {
	checkExpressions(parameters, param, evaluate);
	const options = (param('options', {}) ?? {}) as Options;
	return {
		events: readEvents(param),
		isSimple: param('simplify', true) as boolean,
		policy: readPolicy(param),
		filters: readFilters(param),
		options: { ...options, rememberedEvents: readRememberedEvents({ ...options }) },
	};
}

const NOT_CHOSEN = 'the workflow does not listen to this event';

const isChosen = (events: string[], { event }: Envelope) => events.includes(ALL_EVENTS) || events.includes(event);

/**
 * Whether other events were chosen, as far as the stored field says it without an expression. It is asked before all else is read,
 * as this is true of most events that a school gets.
 *
 * @throws UserError for what is no name of an event
 */
function isOfOthers(envelope: Envelope, { parameters: { events } }: INode): boolean {
	if (!Array.isArray(events) || events.some((event) => String(event).startsWith('='))) return false;
	const chosen = readEvents(() => events);
	return !isChosen(chosen, envelope);
}

/** Why an event does not start the workflow, or null when it does. */
function refusalOf(envelope: Envelope, item: HotmartItem, settings: Settings, isManual: boolean): string | null {
	const { events, filters, options } = settings;
	if (!isChosen(events, envelope)) return NOT_CHOSEN;
	if (item.test && !isManual && !options.acceptTestEvents) return 'a test event of Hotmart';
	if (!passes(item, filters, offerCodesOf(new Reader(envelope.data))))
		return 'the event does not pass the filters of the workflow';
	return null;
}

/** What an execution is started with. `delivery` is for `isRepeated`, the other marks for `execute`; no output has them. */
const entryOf = (json: IDataObject, marks: IDataObject): INodeExecutionData => ({
	json,
	delivery: markDelivery(),
	...marks,
});

const textOf = (mark: unknown) => (typeof mark === 'string' ? mark : undefined);

/** Reads the body that `webhook` has handed on: it was an event there. */
async function readBody(context: IExecuteFunctions, json: IDataObject, settings: Settings): Promise<HotmartItem> {
	const envelope = parse(json)!;
	const item = readItem(envelope, settings.policy);
	if (!settings.options.lookUpSubscriber) return item;
	return readItem(envelope, settings.policy, await findSubscriber(context, item));
}

/** The hottoks of the credential that are filled in. */
async function readHottoks(context: IHookFunctions | IWebhookFunctions): Promise<string[]> {
	const { webhookToken, previousWebhookToken } = await context.getCredentials('hotmartWebhookApi');
	return [webhookToken, previousWebhookToken].map((hottok) => String(hottok ?? '').trim()).filter(Boolean);
}
