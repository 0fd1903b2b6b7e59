import {ask, type Caller} from './client';
import type {Agent, Contact, ContactFields, Id, PageOf, User, UserActivity} from './types';

export const contacts = {
  list: (query: {limit?: number; cursor?: string; search?: string}, signal?: AbortSignal) =>
    ask<PageOf<Contact>>('/api/contacts', {query, signal}),
  get: (id: Id, signal?: AbortSignal) => ask<Contact>(`/api/contacts/${id}`, {signal}),
  create: (fields: ContactFields & {phone_number: string}, key: string) =>
    ask<Contact>('/api/contacts', {body: fields, key}),
  change: (id: Id, fields: ContactFields) => ask<Contact>(`/api/contacts/${id}`, {method: 'PATCH', body: fields}),
  remove: (id: Id) => ask<void>(`/api/contacts/${id}`, {method: 'DELETE'}),
};

export const agents = {
  list: (query: {limit?: number; cursor?: string} = {limit: 1000}, signal?: AbortSignal) =>
    ask<PageOf<Agent>>('/api/agents', {query, signal}),
  create: (name: string, key: string) => ask<Agent>('/api/agents', {body: {name}, key}),
};

export const users = {
  me: (caller?: Caller) => ask<User>('/api/me', caller ? {caller} : {}),
  list: (query: {limit?: number; cursor?: string} = {limit: 200}, caller?: Caller, signal?: AbortSignal) =>
    ask<PageOf<UserActivity>>('/api/users', caller ? {query, caller, signal} : {query, signal}),
};
