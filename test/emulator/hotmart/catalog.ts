import { DEMO } from '../seed';
import type { Money, Product } from './types';

const brl = (value: number): Money => ({ value, currency: 'BRL' });
const ucode = (last: number) => `7c1d5b1e-4f0a-4a52-9d3b-${String(last).padStart(12, '0')}`;
const common = { status: 'ACTIVE', createdAt: Date.UTC(2024, 1, 5, 13), warrantyDays: 7 };

/** The demo creator's products. */
export const demoProducts = (): Product[] => [
	{
		...common,
		id: DEMO.products.guitar,
		ucode: ucode(1),
		name: 'Guitar from Zero',
		format: 'ONLINE_COURSE',
		plans: [
			{ id: DEMO.plans.monthly, code: 'gtrmonth', name: 'Monthly', price: brl(97), period: 30 },
			{ id: DEMO.plans.annual, code: 'gtryear1', name: 'Annual', price: brl(997), period: 360 },
		],
		offers: [
			{ code: 'gtrmonth', name: 'Monthly', price: brl(97), paymentMode: 'SUBSCRIPTION', isMain: true },
			{ code: 'gtryear1', name: 'Annual', price: brl(997), paymentMode: 'SUBSCRIPTION', isMain: false },
		],
		club: {
			subdomain: 'guitar-from-zero',
			modules: [
				{
					id: '2Z7RAMXEJW',
					name: 'First chords',
					isExtra: false,
					pages: [
						{ id: 'k1Aq9dWz7x', name: 'How to hold the guitar' },
						{ id: 'p4Lm2cRt8b', name: 'Three chords' },
					],
				},
				{
					id: 'D64L09Q4JW',
					name: 'Rhythm',
					isExtra: false,
					pages: [{ id: 'w8Ye5nHs3f', name: 'Down and up' }],
				},
				{
					id: 'DPEA5MOEWE',
					name: 'Song book',
					isExtra: true,
					pages: [{ id: 't6Ub1vKj0g', name: 'Ten songs' }],
				},
			],
		},
	},
	{
		...common,
		id: DEMO.products.songwriting,
		ucode: ucode(2),
		name: 'Songwriting Workshop',
		format: 'ONLINE_COURSE',
		warrantyDays: 15,
		plans: [],
		offers: [
			{ code: 'songonce', name: '', price: brl(297), paymentMode: 'UNIQUE_PAYMENT', isMain: true },
			{ code: 'songsale', name: 'Launch week', price: brl(197), paymentMode: 'UNIQUE_PAYMENT', isMain: false },
		],
		club: {
			subdomain: 'songwriting',
			modules: [
				{
					id: 'J14OKVB4PL',
					name: 'Lyrics',
					isExtra: false,
					pages: [{ id: 'c3Xo7iFq2d', name: 'Finding a theme' }],
				},
			],
		},
	},
	{
		...common,
		id: DEMO.products.concert,
		ucode: ucode(3),
		name: 'Unplugged Evening',
		format: 'ETICKET',
		plans: [],
		offers: [{ code: 'unplug01', name: 'Seat', price: brl(60), paymentMode: 'UNIQUE_PAYMENT', isMain: true }],
		event: {
			startsAt: Date.UTC(2027, 4, 14, 22),
			endsAt: Date.UTC(2027, 4, 15, 1),
			lots: [{ id: 90210, name: 'First lot' }],
		},
	},
];
