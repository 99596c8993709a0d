/**
 * GET /.well-known/matrix/support. Client-server API, "Well-known URIs".
 */
import { Type } from 'typebox'
import { endpoint, wellKnown } from '../endpoint.ts'
import { notFound } from '../errors.ts'

export const wellKnownSupport = endpoint(
  {
    method: 'GET',
    at: wellKnown,
    path: '/support',
    access: 'anyone',
    response: Type.Object({
      contacts: Type.Optional(
        Type.Array(
          Type.Object({
            role: Type.String(),
            matrix_id: Type.Optional(Type.String()),
            email_address: Type.Optional(Type.String()),
          }),
        ),
      ),
      support_page: Type.Optional(Type.String()),
    }),
  },
  ({ context }) => {
    const { matrixId, email, page } = context.settings.support
    const hasContact = matrixId !== undefined || email !== undefined
    if (!hasContact && page === undefined) throw notFound('no contact is configured')
    const contact = {
      role: 'm.role.admin',
      ...(matrixId === undefined ? {} : { matrix_id: matrixId }),
      ...(email === undefined ? {} : { email_address: email }),
    }
    return {
      ...(hasContact ? { contacts: [contact] } : {}),
      ...(page === undefined ? {} : { support_page: page }),
    }
  },
)
