import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { StaffPeople, StaffPerson, StaffRole } from "@mainstay/wire";
import { useState } from "react";
import { peopleQuery, sessionQuery } from "../api/queries.ts";
import { request, sentenceOf } from "../api/request.ts";
import { Badge } from "../parts/badge.tsx";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { Trouble } from "../parts/field.tsx";
import { Cell, Row, Table } from "../parts/table.tsx";
import { Time } from "../parts/time.tsx";
import { roleName } from "../shell/rooms.ts";
import { Nothing, PageHead, RowsToCome } from "./page.tsx";
import { Invite } from "./staff-invite.tsx";
import { RolesPicker } from "./staff-roles.tsx";

function Roles({ roles }: { readonly roles: readonly StaffRole[] }) {
  return (
    <span className="flex flex-wrap gap-1">
      {roles.map((role) => (
        <Badge key={role}>{roleName(role)}</Badge>
      ))}
    </span>
  );
}

function People({ people, chosen, onChoose }: PeopleProps) {
  return (
    <Table label="Staff" columns={["Name", "Roles", "Joined", "Last seen"]}>
      {people.map((person) => (
        <Row
          key={person.id}
          isChosen={person.id === chosen?.id}
          {...(onChoose && person.endedAt === null ? { onChoose: () => onChoose(person.id) } : {})}
        >
          <Cell isTight isSoft={person.endedAt !== null}>
            <span className="font-semibold">{person.name}</span>
          </Cell>
          <Cell>
            {person.endedAt === null ? <Roles roles={person.roles} /> : <Badge>Access ended</Badge>}
          </Cell>
          <Cell isSoft>
            <Time at={person.joinedAt} />
          </Cell>
          <Cell isSoft>{person.lastSeenAt === null ? "–" : <Time at={person.lastSeenAt} />}</Cell>
        </Row>
      ))}
    </Table>
  );
}

type PeopleProps = {
  readonly people: readonly StaffPerson[];
  readonly chosen: StaffPerson | undefined;
  readonly onChoose: ((id: string) => void) | undefined;
};

function Invitations({ invitations, isAdmin }: InvitationsProps) {
  const client = useQueryClient();
  const withdrawing = useMutation({
    mutationFn: (id: string) => request("DELETE", `/api/staff/invitations/${id}`),
    onSettled: () => client.invalidateQueries(peopleQuery),
  });
  if (invitations.length === 0) return null;
  return (
    <Card title="Invited" aside={`${invitations.length} open`} className="max-h-[40%] shrink-0">
      <Table label="Open invitations" columns={["Name", "Roles", "Until", ""]}>
        {invitations.map((invitation) => (
          <Row key={invitation.id}>
            <Cell isTight>{invitation.name}</Cell>
            <Cell>
              <Roles roles={invitation.roles} />
            </Cell>
            <Cell isSoft>
              <Time at={invitation.expiresAt} />
            </Cell>
            <Cell>
              {isAdmin && (
                <button
                  type="button"
                  className="font-semibold text-danger hover:underline"
                  onClick={() => withdrawing.mutate(invitation.id)}
                >
                  Withdraw
                </button>
              )}
            </Cell>
          </Row>
        ))}
      </Table>
    </Card>
  );
}

type InvitationsProps = { readonly invitations: StaffPeople["invitations"]; readonly isAdmin: boolean };

function Member({ person, onClose }: { readonly person: StaffPerson; readonly onClose: () => void }) {
  const [roles, setRoles] = useState<readonly StaffRole[]>(person.roles);
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: (change: { roles?: readonly StaffRole[]; ended?: true }) =>
      request("PATCH", `/api/staff/people/${person.id}`, change),
    onSuccess: async () => {
      await client.invalidateQueries(peopleQuery);
      await client.invalidateQueries(sessionQuery);
      onClose();
    },
  });
  const isChanged =
    roles.length !== person.roles.length || roles.some((role) => !person.roles.includes(role));
  return (
    <Card title={person.name} aside="what they may do" className="shrink-0">
      <div className="flex flex-col gap-3 p-4">
        <RolesPicker roles={roles} onChange={setRoles} />
        <Trouble>{changing.isError ? sentenceOf(changing.error) : null}</Trouble>
        <div className="flex gap-2">
          <Button
            look="primary"
            disabled={!isChanged || roles.length === 0}
            busy={changing.isPending}
            onClick={() => changing.mutate({ roles })}
          >
            Change roles
          </Button>
          <Button onClick={onClose}>Leave as is</Button>
        </div>
        <Button look="danger" busy={changing.isPending} onClick={() => changing.mutate({ ended: true })}>
          End {person.name.split(" ")[0]}’s access now
        </Button>
      </div>
    </Card>
  );
}

/** Who is staff, with which roles; administrators invite, change roles and end access. */
export function StaffPage() {
  const query = useQuery(peopleQuery);
  const session = useQuery(sessionQuery);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const isAdmin = session.data?.staff.roles.includes("admin") === true;
  const people = query.data?.people ?? [];
  const chosen = people.find(({ id }) => id === chosenId);
  return (
    <>
      <PageHead title="Staff">
        {query.isSuccess && (
          <Badge>{people.filter(({ endedAt }) => endedAt === null).length} with access</Badge>
        )}
      </PageHead>
      <div className="flex min-h-0 flex-1 gap-3">
        <div className="flex min-w-0 flex-1 flex-col gap-3">
          <Card className="flex-1">
            {query.isPending && <RowsToCome rows={3} />}
            {query.isError && <Nothing title="Staff can’t be shown">{sentenceOf(query.error)}</Nothing>}
            {query.isSuccess && (
              <People people={people} chosen={chosen} onChoose={isAdmin ? setChosenId : undefined} />
            )}
          </Card>
          <Invitations invitations={query.data?.invitations ?? []} isAdmin={isAdmin} />
        </div>
        {isAdmin && (
          <div className="flex w-[340px] shrink-0 flex-col gap-3 overflow-y-auto">
            {chosen ? (
              <Member key={chosen.id} person={chosen} onClose={() => setChosenId(null)} />
            ) : (
              <Invite />
            )}
          </div>
        )}
      </div>
    </>
  );
}
