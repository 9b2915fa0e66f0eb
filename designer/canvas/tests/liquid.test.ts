import { describe, expect, it } from 'vitest';
import { liquidName } from '../src/graph/liquid';

describe('a field in a message template', () => {
  it.each([
    ['profile', 'Profile.city', 'profile.city'],
    ['profile', 'Profile."favourite colour"', 'profile["favourite colour"]'],
    ['profile', 'Profile.address."2nd line".text', 'profile.address["2nd line"].text'],
    ['event', 'OrderPlaced.properties.total', 'events.OrderPlaced.properties.total'],
    ['event', 'OrderPlaced.properties."order.id"', 'events.OrderPlaced.properties["order.id"]'],
    ['event', '"2ndOrder".properties.total', 'events["2ndOrder"].properties.total'],
    ['action', 'custom_action_1.jo_status_code', 'actions.custom_action_1.jo_status_code'],
    ['journey', 'name', 'journey.name'],
  ])('of %s: %s', (source, label, written) => {
    expect(liquidName({ source, label })).toBe(written);
  });
});
